package io.twinport.control.host.migrate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What a host's libvirt tells of its guests, a line each, as {@code virsh} prints it; on threads of their own. */
public final class EventStreams implements AutoCloseable {
    private static final int SECONDS = 6 * 3600;

    private final List<VirshProcess> processes = new ArrayList<>();
    private final int wanted;

    private EventStreams(int wanted) {
        this.wanted = wanted;
    }

    /**
     * Begins to listen, for some hours at most. Where virsh cannot be started nothing is heard.
     *
     * @param ofQemu whether QEMU's own events are among them
     * @param taker of each line, cut where it is very long
     */
    public static EventStreams of(String uri, boolean ofQemu, Consumer<String> taker) {
        EventStreams streams = new EventStreams(ofQemu ? 2 : 1);
        streams.start(uri, taker, "event", "--all");
        if (ofQemu) {
            streams.start(uri, taker, "qemu-monitor-event");
        }
        return streams;
    }

    private void start(String uri, Consumer<String> taker, String command, String... more) {
        List<String> whole = Stream.of(
                        Commands.virsh(uri, command, more).stream(), Stream.of("--loop", "--timeout=" + SECONDS))
                .flatMap(each -> each)
                .toList();
        try {
            processes.add(VirshProcess.start(whole, taker));
        } catch (IOException e) {
            // virsh is not there, as the first question says
        }
    }

    /** Whether all are still told. */
    public boolean areRunning() {
        return processes.size() == wanted && processes.stream().allMatch(VirshProcess::isRunning);
    }

    @Override
    public void close() {
        processes.forEach(VirshProcess::close);
    }
}
