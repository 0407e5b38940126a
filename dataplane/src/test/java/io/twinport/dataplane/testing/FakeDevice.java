package io.twinport.dataplane.testing;

import io.twinport.dataplane.device.MtuBounds;
import io.twinport.dataplane.device.Offloads;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MbufPool;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A device of memory only, which does what the test says, writes down what is done to it, and fails where it is told to. */
public class FakeDevice implements SideDevice {
    private final String name;
    private final List<String> story = new ArrayList<>();

    /** Calls that throw, by the first word of their story: {@code mtu}, {@code start}. */
    private final Set<String> failing = new HashSet<>();

    /** Settings that the device cannot be told. */
    private final Set<String> unsupported = new HashSet<>();

    private MacAddress mac;
    private int mtu = MtuBounds.ETHERNET;
    private MtuBounds bounds = MtuBounds.ANY;
    private boolean promiscuous;
    private boolean allMulticast;
    private List<MacAddress> unicast = List.of();
    private List<MacAddress> multicast = List.of();
    private final Set<Integer> vlans = new TreeSet<>();
    private Offloads capabilities = Offloads.NONE;
    private Offloads used = Offloads.NONE;
    private @Nullable String owner;
    private boolean started;
    private boolean filtered;
    private boolean mtuNeedsStop;
    private int countdown = -1;

    public FakeDevice(String name, String mac) {
        this.name = name;
        this.mac = MacAddress.parse(mac);
    }

    /** From now on these calls throw. */
    public FakeDevice failing(String... calls) {
        failing.addAll(List.of(calls));
        return this;
    }

    /** The n-th call from now on throws, whichever it is, once; 0 is the next one. */
    public FakeDevice failingAt(int call) {
        countdown = call;
        return this;
    }

    /** Whether the call of {@link #failingAt} is still to come. */
    public boolean hasNotFailed() {
        return countdown >= 0;
    }

    /** From now on nothing throws. */
    public FakeDevice working() {
        failing.clear();
        return this;
    }

    public FakeDevice without(String... settings) {
        unsupported.addAll(List.of(settings));
        return this;
    }

    public FakeDevice within(int least, int most) {
        bounds = new MtuBounds(least, most);
        return this;
    }

    /** It has a filter even where it cannot be told. */
    public FakeDevice filtered() {
        filtered = true;
        return this;
    }

    /** It takes no MTU while it is started, as iavf. */
    public FakeDevice takingMtuStopped() {
        mtuNeedsStop = true;
        return this;
    }

    public FakeDevice withMac(long value) {
        mac = new MacAddress(value);
        return this;
    }

    public FakeDevice capable(Offloads offloads) {
        capabilities = offloads;
        return this;
    }

    public FakeDevice ownedBy(String other) {
        owner = other;
        return this;
    }

    /** What was done since the last time. */
    public List<String> takeStory() {
        List<String> taken = List.copyOf(story);
        story.clear();
        return taken;
    }

    /** All that the device is, to be compared. */
    public String state() {
        return "mac " + mac + ", mtu " + mtu + ", unicast " + unicast + ", multicast " + multicast + ", vlans " + vlans
                + (promiscuous ? ", promiscuous" : "") + (allMulticast ? ", all multicast" : "")
                + (started ? ", started" : "") + ", owner " + owner + ", offloads " + used;
    }

    protected void tell(String what) {
        story.add(what);
        if (countdown >= 0 && countdown-- == 0 || failing.contains(what.split(" ")[0])) {
            throw DpdkException.ofErrno(what, 5, "");
        }
    }

    private boolean can(String setting) {
        return !unsupported.contains(setting);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String driver() {
        return "net_fake";
    }

    @Override
    public MacAddress mac() {
        return mac;
    }

    @Override
    public void setMac(MacAddress wanted) {
        tell("mac " + wanted);
        mac = wanted;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public MtuBounds mtuBounds() {
        return bounds;
    }

    @Override
    public void setMtu(int wanted) {
        if (mtuNeedsStop && started) {
            throw DpdkException.ofErrno("mtu", 16, "");
        }
        tell("mtu " + wanted);
        if (!bounds.allow(wanted)) {
            throw DpdkException.ofErrno("mtu", 22, "");
        }
        mtu = wanted;
    }

    @Override
    public boolean isPromiscuous() {
        return promiscuous;
    }

    @Override
    public boolean setPromiscuous(boolean on) {
        if (can("promiscuous")) {
            tell("promiscuous " + on);
            promiscuous = on;
        }
        return can("promiscuous");
    }

    @Override
    public boolean isAllMulticast() {
        return allMulticast;
    }

    @Override
    public boolean setAllMulticast(boolean on) {
        if (can("all-multicast")) {
            tell("all-multicast " + on);
            allMulticast = on;
        }
        return can("all-multicast");
    }

    @Override
    public boolean setUnicast(List<MacAddress> addresses) {
        if (can("unicast") && !unicast.equals(addresses)) {
            tell("unicast " + addresses);
            unicast = addresses;
        }
        return can("unicast");
    }

    @Override
    public boolean setMulticast(List<MacAddress> addresses) {
        if (can("multicast") && !multicast.equals(addresses)) {
            tell("multicast " + addresses);
            multicast = addresses;
        }
        return can("multicast");
    }

    @Override
    public void setVlan(int id, boolean on) {
        if (can("vlan")) {
            tell("vlan " + id + (on ? " on" : " off"));
            if (on) {
                vlans.add(id);
            } else {
                vlans.remove(id);
            }
        }
    }

    @Override
    public boolean isUnfiltered() {
        return !filtered;
    }

    @Override
    public Offloads offloads() {
        return capabilities;
    }

    @Override
    public void promiseOffloads(Offloads wanted) {
        used = wanted;
    }

    @Override
    public void own(String taker) {
        if (owner != null) {
            throw new DpdkException(this + " belongs to " + owner + ": take it out there first");
        }
        tell("own");
        owner = taker;
    }

    @Override
    public void disown() {
        tell("disown");
        owner = null;
    }

    @Override
    public boolean hasLinkInterrupts() {
        return false;
    }

    @Override
    public boolean isLinkUp() {
        return true;
    }

    @Override
    public void configure(MbufPool pool, int queues) {
        tell("configure");
    }

    @Override
    public void start(long[] lines, long events) {
        tell("start");
        started = true;
    }

    @Override
    public int txQueues() {
        return 1;
    }

    @Override
    public void watchRemoval(long line) {}

    @Override
    public void stop() {
        tell("stop");
        started = false;
    }

    @Override
    public void remove() {
        tell("remove");
    }

    @Override
    public String toString() {
        return name + " (port 0, net_fake)";
    }
}
