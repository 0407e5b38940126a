package io.twinport.control.host.agent;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Something that has happened to a guest, as {@code virsh event} or {@code virsh qemu-monitor-event} prints it.
 *
 * @param domain the guest's name
 * @param device its alias; empty where the event is of none
 */
record HostEvent(String domain, Kind kind, String device) {
    /** What has happened. */
    enum Kind {
        STARTED,
        /** It runs: after a pause, or because it has arrived. */
        RESUMED,
        STOPPED,
        DEVICE_REMOVED,
        DEVICE_ADDED,
        /** The guest has acknowledged the standby's feature: its primary is plugged in, or was. */
        FAILOVER_NEGOTIATED,
        /** The guest was asked to let its primary go. */
        UNPLUG_PRIMARY,
        /** A migration of it has failed, or was cancelled. */
        MIGRATION_FAILED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** QEMU tells what a guest's driver has said, which it may say as often as it likes; the rest it knows by itself. */
        EventFeed.Word word() {
            return this == FAILOVER_NEGOTIATED ? EventFeed.Word.GUEST : EventFeed.Word.HOST;
        }
    }

    private static final int LONGEST = 4096;

    private static final Pattern LINE = Pattern.compile(
            "(?:[\\d-]{10} [\\d:.+]{8,24}: )?event '?([A-Za-z_-]{1,40})'?(?: at [\\d.]{1,30})? for domain"
                    + " '?([^'\\p{Cntrl}]{1,250}?)'?: (.*)");

    private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private static final Map<String, Kind> LIFECYCLE = Map.of(
            "Started", Kind.STARTED,
            "Resumed", Kind.RESUMED,
            "Stopped", Kind.STOPPED,
            "Crashed", Kind.STOPPED);

    /** Empty for a line that is of nothing that matters here, or of nothing at all. */
    static Optional<HostEvent> parse(String line) {
        Matcher parts = LINE.matcher(line.length() > LONGEST ? "" : line);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String domain = parts.group(2);
        String detail = parts.group(3).strip();
        return switch (parts.group(1)) {
            case "lifecycle" ->
                Optional.ofNullable(LIFECYCLE.get(detail.split(" ", 2)[0]))
                        .map(kind -> new HostEvent(domain, kind, ""));
            case "device-removed" -> of(domain, Kind.DEVICE_REMOVED, detail);
            case "device-added" -> of(domain, Kind.DEVICE_ADDED, detail);
            case "FAILOVER_NEGOTIATED" -> of(domain, Kind.FAILOVER_NEGOTIATED, text(detail, "device-id"));
            case "UNPLUG_PRIMARY" -> of(domain, Kind.UNPLUG_PRIMARY, text(detail, "device-id"));
            case "RESUME" -> Optional.of(new HostEvent(domain, Kind.RESUMED, ""));
            case "MIGRATION" ->
                text(detail, "status").matches("failed|cancelled")
                        ? Optional.of(new HostEvent(domain, Kind.MIGRATION_FAILED, ""))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<HostEvent> of(String domain, Kind kind, String device) {
        return ALIAS.matcher(device).matches() ? Optional.of(new HostEvent(domain, kind, device)) : Optional.empty();
    }

    /** It comes from QEMU, in which a guest may have come to power. */
    private static String text(String json, String name) {
        try {
            JsonNode value = JsonMapper.shared().readTree(json).path(name);
            return value.isString() ? value.stringValue() : "";
        } catch (JacksonException e) {
            return "";
        }
    }
}
