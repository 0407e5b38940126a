package io.twinport.control.host.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.control.host.agent.HostEvent.Kind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Lines as virsh 9.0 and 11.3 print them. */
class HostEventTest {
    private static Optional<HostEvent> event(Kind kind, String device) {
        return Optional.of(new HostEvent("vm01", kind, device));
    }

    @Test
    void shouldReadWhatVirshPrints() {
        assertEquals(event(Kind.STARTED, ""), HostEvent.parse("event 'lifecycle' for domain 'vm01': Started Migrated"));
        assertEquals(
                event(Kind.RESUMED, ""),
                HostEvent.parse("2026-12-01 16:00:00.123+0000: event 'lifecycle' for domain 'vm01': Resumed Migrated"));
        assertEquals(event(Kind.STOPPED, ""), HostEvent.parse("event 'lifecycle' for domain vm01: Stopped Migrated"));
        assertEquals(
                event(Kind.DEVICE_REMOVED, "hostdev0"),
                HostEvent.parse("event 'device-removed' for domain 'vm01': hostdev0"));
        assertEquals(
                event(Kind.DEVICE_ADDED, "ua-vf"), HostEvent.parse("event 'device-added' for domain 'vm01': ua-vf"));
        assertEquals(
                event(Kind.UNPLUG_PRIMARY, "ua-vf"),
                HostEvent.parse(
                        "event UNPLUG_PRIMARY at 1764604800.123456 for domain 'vm01': {\"device-id\":\"ua-vf\"}"));
        assertEquals(
                event(Kind.FAILOVER_NEGOTIATED, "ua-backup0"),
                HostEvent.parse("2026-12-01 16:00:00.123+0000: event FAILOVER_NEGOTIATED for domain 'vm01':"
                        + " {\"device-id\":\"ua-backup0\"}"));
        assertEquals(event(Kind.RESUMED, ""), HostEvent.parse("event RESUME at 1.000001 for domain vm01: <null>"));
        assertEquals(
                event(Kind.MIGRATION_FAILED, ""),
                HostEvent.parse("event MIGRATION at 1.000001 for domain 'vm01': {\"status\":\"cancelled\"}"));
    }

    @Test
    void shouldLeaveOutWhatIsNoneOfItsBusiness() {
        for (String line : List.of(
                "",
                "events received: 7",
                "event 'lifecycle' for domain 'vm01': Defined Updated",
                "event 'agent-lifecycle' for domain 'vm01': state: 'connected'",
                "event MIGRATION at 1.000001 for domain 'vm01': {\"status\":\"active\"}",
                "event UNPLUG_PRIMARY at 1.000001 for domain 'vm01': {\"device-id\":\"a b; reboot\"}",
                "event UNPLUG_PRIMARY at 1.000001 for domain 'vm01': {\"device-id\":7}",
                "event UNPLUG_PRIMARY at 1.000001 for domain 'vm01': {\"device-id\":\"" + "a".repeat(200) + "\"}",
                "event UNPLUG_PRIMARY at 1.000001 for domain 'vm01': " + "[".repeat(4000),
                "event UNPLUG_PRIMARY at 1.000001 for domain 'vm01': {\"device-id\":\"ua-vf\"" + " ".repeat(9000) + "}",
                "event 'device-removed' for domain 'vm01': --all",
                "event 'device-removed' for domain 'vm01': ")) {
            assertEquals(Optional.empty(), HostEvent.parse(line), line);
        }
    }
}
