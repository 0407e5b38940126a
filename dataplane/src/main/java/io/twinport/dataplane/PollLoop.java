package io.twinport.dataplane;

import io.twinport.dataplane.cnc.Command;
import java.time.Duration;
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
 *   epoch            a release store: whoever waits for the loop to let go of a device waits for this
 * </pre>
 *
 * Nothing in a pass allocates, locks, throws, logs, waits or makes a system call.
 */
public final class PollLoop implements Agent {
    /** Passes between two looks at the commands and the relays. */
    private static final int COMMAND_PASSES = 8;

    private static final int COMMANDS_AT_ONCE = 4;

    private final String name;
    private final PacketHandler handler;
    private final PollMember[] members;
    private final RingBuffer commands;
    private final Epoch epoch = new Epoch();
    private final MessageHandler onCommand = this::onCommand;

    /** Lines with transmit queues that several queues of a port share and that this loop serves. */
    private final long[] served;

    private int servedLines;
    private int pass;

    /**
     * @param members what the commands of the ring speak of, by index
     * @param commands this loop's ring in {@code twinport.cnc}; it is the only consumer
     */
    public PollLoop(String name, PacketHandler handler, List<? extends PollMember> members, RingBuffer commands) {
        this.name = name;
        this.handler = handler;
        this.members = members.toArray(PollMember[]::new);
        this.commands = commands;
        this.served = new long[members.size() * Sides.COUNT];
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
        PollMember member = members[Command.member(buffer, index)];
        switch (type) {
            case Command.JOIN -> {
                member.join(Command.side(buffer, index), Command.line(buffer, index));
                serve(Command.line(buffer, index));
            }
            case Command.LEAVE -> {
                endServing(Command.line(buffer, index));
                member.leave(Command.side(buffer, index));
            }
            case Command.DECIDE -> member.decide(Command.side(buffer, index));
            case Command.FAILBACK_DELAY -> member.setFailbackDelay(Command.line(buffer, index));
            case Command.TRANSMIT -> member.transmit(Command.line(buffer, index));
            case Command.CAPTURE -> member.capture(Command.side(buffer, index) != 0);
            default -> {} // of a later version of the file: a loop ignores what it does not know
        }
        epoch.executed(Command.id(buffer, index));
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

    /**
     * Has a member send a frame of a control thread's. Not after the loop has been told to end.
     *
     * @param mbuf address; the loop's from now on
     * @throws IllegalStateException if the loop does not read its commands; the mbuf stays the caller's
     */
    public void transmit(int member, long mbuf) {
        Command.send(commands, Command.TRANSMIT, member, 0, mbuf);
    }

    /**
     * Tells a member's policy of an event.
     *
     * @param event of {@code FailoverPolicy}
     * @throws IllegalStateException if the loop does not read its commands
     */
    public void decide(int member, int event) {
        Command.send(commands, Command.DECIDE, member, event, 0);
    }

    /**
     * Says how long a member's policy waits before it goes back to a primary that is up again; a wait that runs goes on.
     *
     * @throws IllegalStateException if the loop does not read its commands
     */
    public void setFailbackDelay(int member, Duration delay) {
        Command.send(commands, Command.FAILBACK_DELAY, member, 0, delay.toNanos());
    }

    /**
     * Begins or ends to keep copies of a member's frames.
     *
     * @return whether the loop has obeyed; else it may use the copies' ring yet
     * @throws IllegalStateException if the loop does not read its commands
     */
    public boolean capture(int member, boolean on) {
        return epoch.await(Command.send(commands, Command.CAPTURE, member, on ? 1 : 0, 0), LoopSet.LOOP_TIME);
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

    /** The member of that index. */
    PollMember member(int index) {
        return members[index];
    }

    /** The ring by which control threads command this loop. */
    RingBuffer commands() {
        return commands;
    }

    @Override
    public String roleName() {
        return name;
    }
}
