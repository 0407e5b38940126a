package io.twinport.hw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How QEMU runs the guest's CPUs. */
enum Accelerator {
    // An IOMMU that remaps interrupts wants the interrupt controller outside of the kernel.
    KVM("q35,kernel-irqchip=split", "kvm", "host"),
    TCG("q35", "tcg,thread=multi", "max");

    private static final Path DEVICE = Path.of("/dev/kvm");

    /** An emulated boot takes five seconds, a real one less than two. */
    private static final Duration PROBE = Duration.ofSeconds(12);

    private final List<String> arguments;

    Accelerator(String machine, String accel, String cpu) {
        arguments = List.of("-machine", machine, "-accel", accel, "-cpu", cpu);
    }

    List<String> arguments() {
        return arguments;
    }

    /**
     * KVM, if a guest has once booted with it: on nested hosts the device can be opened and is of no use. The verdict is kept
     * for this kernel.
     */
    static Accelerator find(Lab lab) {
        if (!Files.isWritable(DEVICE)) {
            return TCG;
        }
        Path verdict = lab.kept("accelerator-" + System.getProperty("os.version"));
        try {
            if (!Files.exists(verdict)) {
                Files.writeString(verdict, probe(lab).name());
            }
            return valueOf(Files.readString(verdict).strip());
        } catch (IOException e) {
            throw new LabException("cannot keep in " + verdict + " whether KVM works: " + e, e);
        }
    }

    private static Accelerator probe(Lab lab) {
        Path folder = lab.kept("kvm-probe");
        QemuVm.Builder guest = QemuVm.describe(lab, "kvm-probe", folder)
                .accelerator(KVM, PROBE)
                .iommu();
        try (QemuVm booted = guest.start()) {
            return KVM;
        } catch (LabException e) {
            System.err.println("KVM boots no guest here, so CPUs are emulated; the attempt is in " + folder);
            return TCG;
        }
    }
}
