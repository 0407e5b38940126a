package io.twinport.dataplane.device;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.loop.LoopProxy;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dpdk.DeviceAddress;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MbufPool;
import io.twinport.posix.Errno;
import io.twinport.posix.PosixException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a failover port is set to, and who its sides are. A device is let in if it has the port's address and its role is
 * free, whichever comes first and whenever (R13, R15, R21); the port outlives both. Each change goes to the primary first,
 * then to the standby, and if that refuses it is taken back from the primary (R59); what comes later gets it when it joins.
 *
 * <p>Any control thread; one at a time is in here, and it may do device I/O and wait for the poll loop.
 */
public final class PortConfiguration {
    private final String owner;
    private final MbufPool pool;
    private final long events;
    private final List<LoopProxy> queues;
    private final Offloads offloads;
    private final @Nullable Member[] members = new Member[Sides.COUNT];

    private volatile Consumer<String> log = line -> {};

    /** The address by which devices are known to belong to the port; null while none has come. */
    private volatile @Nullable MacAddress identity;

    /** The port's address where it was given another than its devices came with. */
    private volatile @Nullable MacAddress given;

    private MtuBounds bounds = MtuBounds.ANY;
    private int mtu = MtuBounds.ETHERNET;
    private FilterSettings filter = FilterSettings.NONE;

    /**
     * A port that has no sides yet.
     *
     * @param owner whose its devices are, for everybody else in this process
     * @param pool where its devices receive into
     * @param events address of the port's event line
     * @param queues of the port, the first of which decides which side transmits
     * @param offloads that it promises to its handler
     */
    public PortConfiguration(String owner, MbufPool pool, long events, List<LoopProxy> queues, Offloads offloads) {
        if (!offloads.isEmpty() && !offloads.without(possible()).isEmpty()) {
            throw new IllegalArgumentException(
                    "a port cannot promise the offloads " + offloads.without(possible()) + ", only " + possible());
        }
        this.owner = owner;
        this.pool = pool;
        this.events = events;
        this.queues = queues;
        this.offloads = offloads;
    }

    /** For messages that nobody asked for: a device that could not get its former settings back. */
    public void setLog(Consumer<String> lines) {
        log = lines;
    }

    /** The address by which devices belong to the port, known before any has come. */
    public synchronized void identify(MacAddress mac) {
        identity = mac;
    }

    /** The address by which devices belong to the port; empty as long as none has come. */
    public Optional<MacAddress> identity() {
        return Optional.ofNullable(identity);
    }

    /**
     * Checks whether a device may be a side of the port, and changes nothing.
     *
     * @param adopts whether the device's own address does not matter: a virtual device that got no address
     * @throws AdmissionException if the device may not be a side; the message says why
     */
    public synchronized void admit(int side, SideDevice dev, boolean adopts) {
        Member there = members[Sides.index(side)];
        String role = PolicyText.side(side);
        if (there != null) {
            throw new AdmissionException(dev + " cannot be the " + role + ": " + there + " is it already. It stays"
                    + " independent, with the MAC address " + dev.mac()
                    + "; take the other one out first, or give the device another role");
        }
        MacAddress own = dev.mac();
        if (adopts) {
            return;
        }
        MacAddress known = identity;
        String advice = DeviceAddress.advice(dev.name(), Optional.ofNullable(known));
        if (!own.isUnicast()) {
            throw new AdmissionException("the " + role + " " + dev + " has the MAC address " + own
                    + ", which no Ethernet interface can have: " + advice);
        }
        if (known != null && !own.equals(known) && adopter().isEmpty()) {
            throw new AdmissionException(
                    "the " + role + " " + dev.name() + " has MAC address " + own + ", but the port has " + known
                            + " from the other side: both need the same. For this side: " + advice);
        }
    }

    /** A side whose address, which the port has, does not matter: the port can have another. */
    private Optional<Member> adopter() {
        MacAddress known = identity;
        return all().stream()
                .filter(other -> other.adopts() && other.permanentMac().equals(known))
                .findFirst();
    }

    /**
     * Makes a device a side of the port: the steps of {@link Member}, all or none.
     *
     * @throws AdmissionException as {@link #admit} does, or if the device cannot have the port's MTU (R22)
     * @throws StuckLoopException if the poll loop does not answer: the device stays a member, since the loop may use it yet
     * @throws RuntimeException of the step that failed; the device is as it was
     */
    public synchronized Member join(int side, SideDevice dev, boolean adopts) {
        admit(side, dev, adopts);
        MacAddress before = identity;
        Optional<Member> adopter = adopts ? Optional.empty() : adopter();
        Member joining = new Member(this, Side.of(dev, events, queues, side), adopts);
        MacAddress own = joining.permanentMac();
        if (!own.equals(before) && (!adopts || before == null && own.isUnicast())) {
            identity = own;
        }
        try {
            adopter.ifPresent(other -> other.setMac(macFor(other)));
            members[Sides.index(side)] = joining;
            joining.join();
        } catch (StuckLoopException e) {
            throw e;
        } catch (RuntimeException e) {
            members[Sides.index(side)] = null;
            identity = before;
            adopter.ifPresent(other -> putBackMac(other, e));
            throw e;
        }
        follow(side);
        if (mac().isEmpty() && all().size() == 1) {
            log.accept(dev + " has no MAC address, so nobody could send frames to the port: "
                    + DeviceAddress.advice(dev.name(), Optional.empty()));
        }
        return joining;
    }

    private void putBackMac(Member device, RuntimeException cause) {
        try {
            device.setMac(macFor(device));
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** R27, R34: a primary's bounds are the port's; a standby's only where there is no primary. */
    private void follow(int side) {
        Member primary = members[Sides.index(Sides.PRIMARY)];
        Member changed = members[Sides.index(side)];
        if (changed != null && (side == Sides.PRIMARY || primary == null)) {
            bounds = changed.dev().mtuBounds();
        }
    }

    /** Of {@link Member#leave}: the bounds are the standby's now (R34), the rest stays for whoever comes next (R37). */
    synchronized void remove(Member leaving) {
        int side = leaving.side().side();
        if (members[Sides.index(side)] != leaving) {
            return;
        }
        members[Sides.index(side)] = null;
        if (side == Sides.PRIMARY) {
            follow(Sides.STANDBY);
        }
    }

    String owner() {
        return owner;
    }

    MbufPool pool() {
        return pool;
    }

    /** Bytes of a frame that fit into one mbuf. */
    public int mbufRoom() {
        return pool.room();
    }

    int queues() {
        return queues.size();
    }

    /** The primary first. */
    private List<Member> all() {
        return Arrays.stream(members).filter(Objects::nonNull).toList();
    }

    void tellNotRestored(SideDevice dev, List<Plan.Failure> failures) {
        if (dev.isRemoved()) {
            return; // there is nothing left to be put back
        }
        for (Plan.Failure failure : failures) {
            if (!dev.isRemoved() && !isGone(failure.cause())) {
                log.accept(dev + " is not fully restored: " + failure.step() + ": "
                        + failure.cause().getMessage());
            }
        }
    }

    /** Nothing is left to be put back. */
    private static boolean isGone(RuntimeException cause) {
        return cause instanceof DpdkException call && call.code() == Errno.ENODEV
                || cause instanceof PosixException system && system.errno() == Errno.ENODEV;
    }

    /** The side's device, if there is one. */
    public synchronized Optional<Member> side(int side) {
        return Optional.ofNullable(members[Sides.index(side)]);
    }

    /** What a side's device says of itself, if there is one; it stays a member meanwhile. */
    public synchronized <T> Optional<T> ask(int side, Function<SideDevice, T> question) {
        return side(side).map(member -> question.apply(member.dev()));
    }

    /** The port's address: that which it was given, or its devices'. */
    public Optional<MacAddress> mac() {
        MacAddress other = given;
        return Optional.ofNullable(other != null ? other : identity);
    }

    MacAddress macFor(Member device) {
        return mac().orElse(device.permanentMac());
    }

    /** In bytes. */
    public synchronized int mtu() {
        return mtu;
    }

    public synchronized FilterSettings filter() {
        return filter;
    }

    /** The offloads that the handler can count on: the device does them, or else the CPU (U5). */
    public Offloads offloads() {
        return offloads;
    }

    /**
     * What a device may lack: the CPU completes what is sent, and frames that were received say by their flags whether anybody
     * has looked at their checksums, and whether they were merged.
     */
    static Offloads doneByTheCpu() {
        return new Offloads(
                EthOffloads.RX_CHECKSUMS | EthOffloads.TCP_MERGING,
                EthOffloads.VLAN_INSERT
                        | EthOffloads.IPV4_CHECKSUM
                        | EthOffloads.UDP_CHECKSUM
                        | EthOffloads.TCP_CHECKSUM);
    }

    /** What a port can promise; tags that are taken out of frames are not among it. */
    private static Offloads possible() {
        return doneByTheCpu()
                .or(new Offloads(EthOffloads.SCATTER, EthOffloads.MULTI_SEGS | EthOffloads.TCP_SEGMENTATION));
    }

    /**
     * Sets the MTU of all devices, present and future.
     *
     * @throws ConfigurationException if it is out of bounds or a device refuses it; then all have the old one
     */
    public synchronized void setMtu(int wanted) {
        if (!bounds.allow(wanted)) {
            throw new ConfigurationException(
                    "the port cannot have an MTU of " + wanted + ": its devices allow " + bounds, null);
        }
        int before = mtu;
        change(
                "an MTU of " + wanted,
                device -> device.setMtu(wanted),
                device -> device.setMtu(before),
                device -> device.dev().mtu() == before);
        mtu = wanted;
    }

    /**
     * Gives the port and all its devices, present and future, another address; by their own they still belong to it.
     *
     * @throws ConfigurationException if a device refuses it; then all have the old one
     */
    public synchronized void setMac(MacAddress wanted) {
        if (!wanted.isUnicast()) {
            throw new ConfigurationException(wanted + " cannot be an interface's MAC address", null);
        }
        change(
                "the MAC address " + wanted,
                device -> device.setMac(wanted),
                device -> device.setMac(macFor(device)),
                device -> device.dev().mac().equals(macFor(device)));
        given = wanted;
    }

    /**
     * Sets what the devices, present and future, let through.
     *
     * @throws ConfigurationException if a device refuses it; then all have the old settings
     */
    public synchronized void setFilter(FilterSettings wanted) {
        FilterSettings before = filter;
        change(
                "other filters",
                device -> device.setFilter(wanted),
                device -> device.setFilter(before),
                device -> device.hasFilter(before));
        filter = wanted;
    }

    /** R59: the primary first, then the standby; who refuses has changed nothing, and who did not is put back. */
    private void change(String what, Consumer<Member> action, Consumer<Member> undo, Predicate<Member> isBack) {
        List<Member> changed = new ArrayList<>();
        for (Member device : all()) {
            try {
                action.accept(device);
                changed.add(device);
            } catch (RuntimeException e) {
                String message = device + " refuses " + what + ": " + e.getMessage();
                Collections.reverse(changed);
                for (Member other : changed) {
                    message += takeBack(other, undo, isBack, e);
                }
                throw new ConfigurationException(message, e);
            }
        }
    }

    private static String takeBack(
            Member device, Consumer<Member> undo, Predicate<Member> isBack, RuntimeException cause) {
        try {
            undo.accept(device);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
        return isBack.test(device)
                ? "; " + device + " has its former settings again"
                : "; " + device + " could not be put back, and differs from the port's configuration now";
    }
}
