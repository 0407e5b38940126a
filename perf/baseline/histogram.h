/*
 * A histogram of nanoseconds to 0.1 %: lengths with 10 bits behind the first one, a row for each power of two. Of one
 * writer; who reads it does so when that rests.
 */
#ifndef TWINPORT_HISTOGRAM_H
#define TWINPORT_HISTOGRAM_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

enum { HISTOGRAM_BITS = 10, HISTOGRAM_ROW = 1 << HISTOGRAM_BITS, HISTOGRAM_ROWS = 64 - HISTOGRAM_BITS };

struct histogram {
    uint64_t counts[HISTOGRAM_ROWS * HISTOGRAM_ROW];
};

static inline void histogram_record(struct histogram *histogram, uint64_t nanos, uint64_t count)
{
    int row = nanos < HISTOGRAM_ROW ? 0 : 64 - HISTOGRAM_BITS - __builtin_clzll(nanos);
    histogram->counts[row * HISTOGRAM_ROW + (row == 0 ? nanos : (nanos >> (row - 1)) - HISTOGRAM_ROW)] += count;
}

/* A line `NAME NANOSECONDS COUNT` for each length that has occurred. */
static void histogram_print(const struct histogram *histogram, const char *name)
{
    for (uint64_t i = 0; i < HISTOGRAM_ROWS * HISTOGRAM_ROW; i++) {
        uint64_t row = i / HISTOGRAM_ROW;
        uint64_t nanos = row == 0 ? i : (i % HISTOGRAM_ROW + HISTOGRAM_ROW) << (row - 1);
        if (histogram->counts[i] > 0)
            printf("%s %" PRIu64 " %" PRIu64 "\n", name, nanos, histogram->counts[i]);
    }
}

#endif
