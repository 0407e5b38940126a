package io.twinport.perf.report;

/** What each result says of how it was measured. */
public interface Conditions {
    /** Kind of processor, number of them, memory, kernel. */
    String machine();

    /** Release that was measured. */
    String dpdk();

    String jdk();

    boolean hugepages();

    /** In a line. */
    default String facts() {
        return dpdk() + ", JDK " + jdk() + ", " + (hugepages() ? "hugepages" : "no hugepages") + ", " + machine();
    }
}
