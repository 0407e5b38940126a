package io.twinport.control.host.probe;

import io.twinport.control.host.NicId;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.PrivateNamespace;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Probes a VF of this host. */
public final class SriovProbe {
    private static final int PATIENCE_SECONDS = 30;

    private final Sysfs sysfs;
    private final HostCommands commands;
    private final String wire;
    private final boolean makesVf;
    private final NicId nic;

    private SriovProbe(Sysfs sysfs, HostCommands commands, String wire, boolean makesVf, NicId nic) {
        this.sysfs = sysfs;
        this.commands = commands;
        this.wire = wire;
        this.makesVf = makesVf;
        this.nic = nic;
    }

    /** What a probe has found. */
    public record Result(FilterVerdict verdict, boolean isGuest, List<Walk> walks) {
        /** Whether each state could be measured. */
        public boolean isComplete() {
            return walks.stream().allMatch(walk -> walk.notMeasured().isEmpty());
        }
    }

    /**
     * Checks that a VF may be probed; nothing has been changed on return.
     *
     * @param wire the interface that sends, which reaches the PF by the wire
     * @param makesVf whether the PF has no VF, and is to get one for the time of the probe
     * @throws io.twinport.control.UserException if it may not
     */
    public static SriovProbe of(String pf, int vf, String wire, boolean makesVf) {
        return of(Sysfs.ofThisMachine(pf, vf), new MachineCommands(), wire, makesVf);
    }

    static SriovProbe of(Sysfs sysfs, HostCommands commands, String wire, boolean makesVf) {
        SriovTarget target = new SriovTarget(sysfs, commands);
        target.check(wire, makesVf);
        return new SriovProbe(sysfs, commands, wire, makesVf, target.nic());
    }

    public NicId nic() {
        return nic;
    }

    /**
     * Probes. However it ends, what it has changed is as it was, or the exception says what is not.
     *
     * @param frames that are counted in each state
     * @param rate of the frames, in a second
     * @throws ProbeException if it cannot be measured
     */
    public Result run(List<Holder> holders, int frames, int rate, BooleanSupplier isInterrupted) {
        MacAddress mac = EmulationProbe.newAddress();
        boolean isGuest = isGuest();
        try (PrivateNamespace namespace = new PrivateNamespace();
                SriovRig rig = new SriovRig(
                        sysfs,
                        commands,
                        new There(namespace),
                        mac,
                        makesVf,
                        new Traffic(wire, mac, rate, PATIENCE_SECONDS, isInterrupted))) {
            boolean ignored = namespace.in(SriovProbe::keepQuiet);
            List<Walk> walks = new ArrayList<>();
            for (Holder holder : holders) {
                walks.add(new Walker(rig, frames, !isGuest).walk(holder));
            }
            Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            return new Result(FilterVerdict.of(nic, walks, now), isGuest, List.copyOf(walks));
        }
    }

    /** IPv6 would send by itself there, from the address that frames are looked for at: a switch would learn where that is. */
    private static boolean keepQuiet() {
        for (String which : List.of("all", "default")) {
            Path file = Path.of("/proc/sys/net/ipv6/conf", which, "disable_ipv6");
            try {
                Files.writeString(file, "1", StandardOpenOption.WRITE);
            } catch (IOException e) {
                return false; // there is no IPv6, or /proc is read-only: then it says something, and that is all
            }
        }
        return true;
    }

    /** Emulated CPUs and NICs have no microseconds to tell. */
    private boolean isGuest() {
        return SystemFiles.text(sysfs.root().resolve("proc/cpuinfo")).contains(" hypervisor");
    }

    private record There(PrivateNamespace owner) implements StandbyWay.There {
        @Override
        public <T> T in(Supplier<T> work) {
            return owner.in(work::get);
        }

        @Override
        public @Nullable Path namespace() {
            return owner.path();
        }
    }
}
