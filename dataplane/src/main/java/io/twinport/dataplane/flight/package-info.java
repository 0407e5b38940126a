/**
 * The flight recorder: the headers of the last frames before and after each switch, in a mapped file that outlives the
 * process. {@code RecordedPort} runs on the poll thread and allocates nothing; {@code FlightRecording} reads in any process.
 */
@NullMarked
package io.twinport.dataplane.flight;

import org.jspecify.annotations.NullMarked;
