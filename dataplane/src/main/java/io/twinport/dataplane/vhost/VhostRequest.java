package io.twinport.dataplane.vhost;

import java.util.Map;
import java.util.Set;

/** Requests and features of the protocol, as far as a front end has to know them. */
public final class VhostRequest {
    public static final int GET_FEATURES = 1;
    public static final int SET_FEATURES = 2;
    public static final int SET_OWNER = 3;
    public static final int SET_MEM_TABLE = 5;
    public static final int SET_VRING_NUM = 8;
    public static final int SET_VRING_ADDR = 9;
    public static final int SET_VRING_BASE = 10;
    public static final int GET_VRING_BASE = 11;
    public static final int SET_VRING_KICK = 12;
    public static final int SET_VRING_CALL = 13;
    public static final int GET_PROTOCOL_FEATURES = 15;
    public static final int SET_PROTOCOL_FEATURES = 16;
    public static final int GET_QUEUE_NUM = 17;
    public static final int SET_VRING_ENABLE = 18;
    public static final int SET_STATUS = 39;
    public static final int GET_STATUS = 40;

    /** Bit of the features that says that there are protocol features. */
    public static final long PROTOCOL_FEATURES = 1L << 30;

    /** Protocol feature: several queue pairs. */
    public static final long MQ = 1L;

    /** Protocol feature: what is told is answered, where that is asked for. */
    public static final long REPLY_ACK = 1L << 3;

    /** In place of a descriptor: a ring is polled. */
    public static final long NO_DESCRIPTOR = 1L << 8;

    private static final Set<Integer> QUESTIONS =
            Set.of(GET_FEATURES, GET_VRING_BASE, GET_PROTOCOL_FEATURES, GET_QUEUE_NUM, GET_STATUS);

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(GET_FEATURES, "GET_FEATURES"),
            Map.entry(SET_FEATURES, "SET_FEATURES"),
            Map.entry(SET_OWNER, "SET_OWNER"),
            Map.entry(SET_MEM_TABLE, "SET_MEM_TABLE"),
            Map.entry(SET_VRING_NUM, "SET_VRING_NUM"),
            Map.entry(SET_VRING_ADDR, "SET_VRING_ADDR"),
            Map.entry(SET_VRING_BASE, "SET_VRING_BASE"),
            Map.entry(GET_VRING_BASE, "GET_VRING_BASE"),
            Map.entry(SET_VRING_KICK, "SET_VRING_KICK"),
            Map.entry(SET_VRING_CALL, "SET_VRING_CALL"),
            Map.entry(GET_PROTOCOL_FEATURES, "GET_PROTOCOL_FEATURES"),
            Map.entry(SET_PROTOCOL_FEATURES, "SET_PROTOCOL_FEATURES"),
            Map.entry(GET_QUEUE_NUM, "GET_QUEUE_NUM"),
            Map.entry(SET_VRING_ENABLE, "SET_VRING_ENABLE"),
            Map.entry(SET_STATUS, "SET_STATUS"),
            Map.entry(GET_STATUS, "GET_STATUS"));

    private VhostRequest() {}

    /** Whether it is always answered. */
    static boolean isQuestion(int request) {
        return QUESTIONS.contains(request);
    }

    static String name(int request) {
        return NAMES.getOrDefault(request, "request " + request);
    }
}
