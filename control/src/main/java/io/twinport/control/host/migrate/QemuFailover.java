package io.twinport.control.host.migrate;

/** What QEMU knows of the pairs of a guest, as its monitor tells. */
record QemuFailover(HostPrograms host, String uuid) {
    /** Without the bit QEMU neither waits for the guest nor plugs the primary in at the target. */
    void checkNegotiated(String standby) {
        Refusal.unless(
                hasNegotiated(standby),
                "the guest has not acknowledged VIRTIO_NET_F_STANDBY on " + standby + ": QEMU would not"
                        + " wait until the primary is gone (Q14), and would plug none in at the target. Use --way managed");
    }

    /** Whether the guest's driver knows that its device is a standby; a QEMU that cannot be asked does not say so. */
    boolean hasNegotiated(String standby) {
        String answer = host.run(Commands.virsh(
                        host.uri(),
                        "qemu-monitor-command",
                        "--domain=" + uuid,
                        "--cmd={\"execute\":\"x-query-virtio-status\",\"arguments\":{\"path\":\"/machine/peripheral/"
                                + standby + "/virtio-backend\"}}"))
                .out();
        int from = answer.indexOf("\"guest-features\"");
        int to = answer.indexOf("\"host-features\"", Math.max(0, from));
        return from >= 0
                && answer.substring(from, to < 0 ? answer.length() : to).contains("VIRTIO_NET_F_STANDBY");
    }

    /** libvirt plugs one in without what {@code <qemu:override>} says: then QEMU does not know the pair any more. */
    void checkPaired(String primary) {
        String answer = host.virsh(
                "qemu-monitor-command",
                "--domain=" + uuid,
                "--cmd={\"execute\":\"qom-get\",\"arguments\":{\"path\":\"/machine/peripheral/" + primary
                        + "\",\"property\":\"failover_pair_id\"}}");
        Refusal.unless(
                answer.matches("(?s).*\"return\":\\s*\"[^\"]+\".*"),
                "QEMU does not know " + primary + " as a primary (failover_pair_id is empty). Use --way managed");
    }
}
