package io.twinport.hw;

import java.util.List;

/** How QEMU runs the guest's CPUs. */
enum Accelerator {
    KVM("kvm", "host"),
    TCG("tcg,thread=multi", "max");

    private final List<String> arguments;

    Accelerator(String accel, String cpu) {
        arguments = List.of("-accel", accel, "-cpu", cpu);
    }

    List<String> arguments() {
        return arguments;
    }
}
