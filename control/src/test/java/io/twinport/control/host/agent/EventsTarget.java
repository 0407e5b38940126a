package io.twinport.control.host.agent;

import io.twinport.control.fuzz.Draw;
import io.twinport.control.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Lines of virsh, in which QEMU's words stand: what is read of them is a name and an alias that are plain. */
public final class EventsTarget implements FuzzTarget {
    private static final List<String> NAMES = List.of(
            "lifecycle",
            "device-removed",
            "device-added",
            "FAILOVER_NEGOTIATED",
            "UNPLUG_PRIMARY",
            "RESUME",
            "MIGRATION");
    private static final List<String> DETAILS = List.of(
            "Started Migrated",
            "Stopped",
            "ua-vf",
            "--all",
            "{\"device-id\":\"ua-vf\"}",
            "{\"device-id\":\"\\u0000\"}",
            "{\"device-id\":",
            "{\"status\":\"failed\"}",
            "[",
            "<null>");

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        "event 'lifecycle' for domain 'vm01': Started Migrated",
                        "2026-12-01 16:00:00.123+0000: event UNPLUG_PRIMARY for domain 'vm01': {\"device-id\":\"ua-vf\"}",
                        "event MIGRATION at 1764604800.123456 for domain 'vm01': {\"status\":\"cancelled\"}")
                .map(line -> line.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public Optional<byte[]> draw(Random random) {
        Draw draw = new Draw(random);
        String quote = draw.once(2) ? "'" : "";
        String line = (draw.once(3) ? "2026-12-01 16:00:00.123+0000: " : "") + "event " + quote + draw.of(NAMES) + quote
                + (draw.once(2) ? " at 1764604800.123456" : "") + " for domain " + quote
                + draw.of(List.of("vm01", "a b", "", "vm'01", "x': y")) + quote + ": " + draw.of(DETAILS);
        return Optional.of(line.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void read(byte[] input) {
        HostEvent.parse(new String(input, StandardCharsets.UTF_8)).ifPresent(event -> {
            boolean isPlain = event.domain().length() <= 250
                    && event.domain().chars().noneMatch(Character::isISOControl)
                    && event.device().matches("[A-Za-z0-9_.-]{0,128}")
                    && !event.device().startsWith("-");
            if (!isPlain) {
                throw new AssertionError(event);
            }
        });
    }
}
