package io.twinport.perf.scale;

import java.util.ArrayList;
import java.util.List;

/**
 * What a launch does.
 *
 * @param ports in one process
 * @param busy those of them whose devices give frames; the others are polled for nothing
 * @param queues of each port
 * @param loops each on an lcore, among which the queues are dealt out
 */
record ScaleCase(Peer peer, int ports, int busy, int queues, int loops) {
    /** One loop over ports of one queue. */
    static ScaleCase ofPorts(Peer peer, int ports, int busy) {
        return new ScaleCase(peer, ports, busy, 1, 1);
    }

    /** One port. */
    static ScaleCase ofQueues(Peer peer, int queues, int loops) {
        return new ScaleCase(peer, 1, 1, queues, loops);
    }

    String label() {
        StringBuilder label = new StringBuilder(peer.label());
        if (ports > 1) {
            label.append(busy < ports ? ", " + busy + " of " + ports + " ports busy" : ", " + ports + " ports");
        }
        if (queues > 1) {
            label.append(", ").append(queues).append(" queues");
        }
        if (loops > 1) {
            label.append(" on ").append(loops).append(" loops");
        }
        return label.toString();
    }

    /**
     * Each case of a run, what is compared beside one another.
     *
     * @param ports numbers of them, 1 first, which the others are compared with
     * @param queues numbers of them, 1 first
     * @param hasCache whether there is an AOT cache that can be left out
     */
    static List<ScaleCase> all(List<Integer> ports, List<Integer> queues, boolean hasCache) {
        List<ScaleCase> cases = new ArrayList<>();
        for (int n : ports) {
            cases.add(ofPorts(Peer.TWINPORT, n, n));
            cases.add(ofPorts(Peer.TESTPMD, n, n));
            if (n > 1) {
                cases.add(ofPorts(Peer.TWINPORT, n, 1));
                cases.add(ofPorts(Peer.TESTPMD, n, 1));
            }
            if (hasCache) {
                cases.add(ofPorts(Peer.WITHOUT_CACHE, n, n));
            }
        }
        for (int q : queues.subList(1, queues.size())) {
            for (int loops = 1; loops <= 2; loops++) {
                cases.add(ofQueues(Peer.TWINPORT, q, loops));
                cases.add(ofQueues(Peer.TESTPMD, q, loops));
            }
        }
        cases.add(ofPorts(Peer.RUN, 1, 1));
        if (hasCache) {
            cases.add(ofPorts(Peer.RUN_WITHOUT_CACHE, 1, 1));
        }
        return cases;
    }

    /** Device arguments of a port's device that forwards. */
    String primary(int port) {
        return device(2 * port) + (port < busy ? ",size=" + ScaleSetup.FRAME_BYTES : ",no-rx=1");
    }

    /** Of a standby that is up and idle: a {@code net_null} that yields 32 frames at each look would measure itself. */
    static String standby(int port) {
        return device(2 * port + 1) + ",no-rx=1";
    }

    private static String device(int number) {
        return "net_null" + number;
    }

    /** As a process of ours takes it among its arguments; {@link #parse} reads it. */
    String toText() {
        return peer.name() + " " + ports + " " + busy + " " + queues + " " + loops;
    }

    /** Reads {@link #toText}. */
    static ScaleCase parse(String text) {
        String[] fields = text.split(" ", -1);
        return new ScaleCase(
                Peer.valueOf(fields[0]),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2]),
                Integer.parseInt(fields[3]),
                Integer.parseInt(fields[4]));
    }
}
