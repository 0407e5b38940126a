package io.twinport.control.hotplug;

import io.twinport.dataplane.device.AdmissionException;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dataplane.testing.FakeDevice;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EventLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A side whose devices do what the test says and write down what is done to them. */
final class FakeSide implements SidePlan {
    static final String ADDRESS = "0000:01:00.0";

    private final List<String> story = new ArrayList<>();

    /** Where the device's requests go, 0 while there is no device. */
    private long requests;

    private @Nullable Device stuck;

    volatile int probesThatFail;
    volatile boolean hasWrongMac;
    volatile boolean needsRestart;
    volatile boolean isLoopStuck;
    volatile boolean failsToRestart;
    volatile boolean failsToStop;
    volatile boolean isGone;
    volatile boolean isNotTakenByTheLoop;

    @Override
    public String role() {
        return "primary";
    }

    @Override
    public String name() {
        return ADDRESS;
    }

    /** The kernel asks for the device, if it has not been given back meanwhile: nobody raises requests for it then. */
    synchronized void ask() {
        if (requests != 0) {
            EventLine.edge(requests, System.nanoTime());
        }
    }

    private synchronized void watch(long line) {
        requests = line;
    }

    List<String> story() {
        synchronized (story) {
            return List.copyOf(story);
        }
    }

    List<String> takeStory() {
        synchronized (story) {
            List<String> taken = List.copyOf(story);
            story.clear();
            return taken;
        }
    }

    private void tell(String what) {
        synchronized (story) {
            story.add(what);
        }
    }

    @Override
    public SideDevice open() {
        tell("probe");
        if (probesThatFail > 0) {
            probesThatFail--;
            throw DpdkException.ofErrno("rte_dev_probe()", 19, "");
        }
        return new Device();
    }

    @Override
    public void admit(SideDevice dev) {
        if (hasWrongMac) {
            throw new AdmissionException("another MAC address");
        }
    }

    @Override
    public Membership join(SideDevice dev) {
        tell("join");
        isGone = false;
        stuck = (Device) dev;
        if (isNotTakenByTheLoop) {
            isNotTakenByTheLoop = false;
            throw new StuckLoopException("a poll loop has not taken the device");
        }
        return new Member((Device) dev);
    }

    @Override
    public Membership stuck() {
        return new Member(Objects.requireNonNull(stuck));
    }

    private final class Member implements Membership {
        private final Device dev;

        Member(Device dev) {
            this.dev = dev;
        }

        @Override
        public void prepareToLeave() {
            tell("prepare");
        }

        @Override
        public boolean letGo() {
            if (isLoopStuck) {
                return false;
            }
            tell("leave");
            return true;
        }

        @Override
        public long drain() {
            tell("drain");
            return 3;
        }

        @Override
        public void stop() {
            tell("stop");
            if (failsToStop) {
                throw DpdkException.ofErrno("rte_eth_dev_stop()", 5, "");
            }
        }

        @Override
        public boolean isGone() {
            return isGone;
        }

        @Override
        public void remove() {
            dev.remove();
        }

        @Override
        public boolean needsRestart() {
            return needsRestart;
        }

        @Override
        public void restart() {
            tell("start");
            needsRestart = false;
            if (failsToRestart) {
                throw DpdkException.ofErrno("rte_eth_dev_start()", 5, "");
            }
        }
    }

    private final class Device extends FakeDevice {
        Device() {
            super(ADDRESS, "02:00:00:00:00:01");
        }

        @Override
        protected void tell(String what) {
            if (what.equals("remove")) {
                watch(0);
                FakeSide.this.tell(what);
            }
        }

        @Override
        public void watchRemoval(long line) {
            watch(line);
        }
    }
}
