package io.twinport.control.host.probe;

import io.twinport.dpdk.MacAddress;
import io.twinport.posix.PrivateNamespace;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/** Probes emulated NICs: what it finds tells whether the probe is right. */
public final class EmulationProbe {
    private EmulationProbe() {}

    /**
     * What a probe of an emulated NIC has found.
     *
     * @param isRight whether that is what the NIC does
     */
    public record Result(String emulation, Verdict expected, boolean isRight, Walk walk) {}

    /**
     * Makes a NIC in a network namespace of its own, and probes it. Nothing of it outlasts the call, or the process.
     *
     * @param frames that are counted in each state
     * @param rate of the frames, in a second
     * @throws ProbeException if it cannot be made or measured
     */
    public static Result run(Emulation emulation, Holder holder, int frames, int rate, BooleanSupplier isInterrupted) {
        try (PrivateNamespace namespace = new PrivateNamespace()) {
            Walk walk = namespace.in(() -> {
                try (EmulatedRig rig =
                        new EmulatedRig(new MachineCommands(), emulation, newAddress(), rate, isInterrupted)) {
                    return new Walker(rig, frames, true).walk(holder);
                }
            });
            Verdict expected = emulation.expected(holder);
            return new Result(emulation.toString(), expected, walk.verdict() == expected, walk);
        }
    }

    /** One that nobody has: locally administered, and drawn. */
    static MacAddress newAddress() {
        return new MacAddress(0x02L << 40 | ThreadLocalRandom.current().nextLong(1L << 40));
    }
}
