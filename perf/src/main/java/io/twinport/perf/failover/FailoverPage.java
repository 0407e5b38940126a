package io.twinport.perf.failover;

/** The page that {@code bench failover --html} writes. */
final class FailoverPage {
    private FailoverPage() {}

    static String of(FailoverResult result) {
        return "";
    }
}
