package io.twinport.dataplane.loop;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.cnc.CommandLayout;
import io.twinport.dataplane.line.SideLine;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * One lcore's work, for ever: poll, obey, say how far it has come.
 *
 * <pre>
 *   handler.poll()   bursts from and to the ports, run to completion
 *   relays           every eighth pass: what waits for transmit queues that several queues share and this loop serves
 *   commands         every eighth pass: devices join and leave, between passes, when the loop holds none of their lines
 *   epoch            a release store: whoever waits until the loop has left a device waits for this
 * </pre>
 *
 * Nothing in a pass allocates, locks, throws, logs, waits or makes a system call; but for one write to an eventfd at a switch, after
 * its first burst has gone, which wakes the conductor.
 */
public final class PollLoop implements Agent {
    /** Passes between two looks at the commands and the relays. */
    private static final int COMMAND_PASSES = 8;

    private static final int COMMANDS_AT_ONCE = 4;

    private final String name;
    private final PacketHandler handler;
    private final PolledQueue[] queues;
    private final RingBuffer commands;
    private final Epoch epoch = new Epoch();
    private final MessageHandler onCommand = this::onCommand;

    /** Lines with transmit queues that several queues of a port share and that this loop serves. */
    private final long[] served;

    private int servedLines;
    private int pass;

    /**
     * @param queues what the commands of the ring speak of, by index
     * @param commands this loop's ring in {@code twinport.cnc}; it is the only consumer
     */
    public PollLoop(String name, PacketHandler handler, List<? extends PolledQueue> queues, RingBuffer commands) {
        this.name = name;
        this.handler = handler;
        this.queues = queues.toArray(PolledQueue[]::new);
        this.commands = commands;
        this.served = new long[queues.size() * Sides.COUNT];
    }

    @Override
    public int doWork() {
        int work = handler.poll();
        if (++pass % COMMAND_PASSES == 0) {
            for (int i = 0; i < servedLines; i++) {
                SideLine.forward(served[i]);
            }
            commands.read(onCommand, COMMANDS_AT_ONCE);
        }
        epoch.pass();
        return work;
    }

    private void onCommand(int type, DirectBuffer buffer, int index, int length) {
        PolledQueue queue = queues[CommandLayout.queue(buffer, index)];
        switch (type) {
            case CommandLayout.JOIN -> {
                queue.join(CommandLayout.argument(buffer, index), CommandLayout.value(buffer, index));
                serve(CommandLayout.value(buffer, index));
            }
            case CommandLayout.LEAVE -> {
                endServing(CommandLayout.value(buffer, index));
                queue.leave(CommandLayout.argument(buffer, index));
            }
            case CommandLayout.DECIDE -> queue.decide(CommandLayout.argument(buffer, index));
            case CommandLayout.FAILBACK_DELAY -> queue.setFailbackDelay(CommandLayout.value(buffer, index));
            case CommandLayout.INJECT -> queue.inject(CommandLayout.value(buffer, index));
            case CommandLayout.CAPTURE -> queue.capture(CommandLayout.argument(buffer, index) != 0);
            default -> {} // of a later version of the file: a loop ignores what it does not know
        }
        epoch.executed(CommandLayout.id(buffer, index));
    }

    private void serve(long line) {
        if (SideLine.served(line) != 0 && servedLines < served.length) {
            served[servedLines++] = line;
        }
    }

    private void endServing(long line) {
        for (int i = 0; i < servedLines; i++) {
            if (served[i] == line) {
                served[i] = served[--servedLines];
            }
        }
    }

    /** The loop has ended: nobody need wait for it. */
    @Override
    public void onClose() {
        epoch.end();
    }

    /** How far this loop has come, for control threads. */
    public Epoch epoch() {
        return epoch;
    }

    /** One of this loop's queues, for control threads. */
    public LoopProxy proxy(int queue) {
        return new LoopProxy(commands, epoch, queues[queue], queue);
    }

    @Override
    public String roleName() {
        return name;
    }
}
