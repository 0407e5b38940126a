package io.twinport.perf.load;

/** Garbage collectors that a forwarder of ours can run with. */
public enum Collector {
    SERIAL("-XX:+UseSerialGC"),
    Z("-XX:+UseZGC"),
    SHENANDOAH("-XX:+UseShenandoahGC");

    private final String flag;

    Collector(String flag) {
        this.flag = flag;
    }

    /** The JVM's flag. */
    String flag() {
        return flag;
    }
}
