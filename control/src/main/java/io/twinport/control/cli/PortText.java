package io.twinport.control.cli;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** A port of the control socket's answers, {@code run.PortView}, in words. */
final class PortText {
    private PortText() {}

    static String text(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.isNull() || value.isMissingNode() ? "-" : value.asString();
    }

    static String carrier(JsonNode port) {
        return port.path("carrier").asBoolean() ? "on" : "off";
    }

    /** The side that transmits; one that is forced is marked. */
    static String active(JsonNode port) {
        String forced = text(port, "forced");
        return text(port, "active") + (forced.equals("none") ? "" : " (" + forced + " forced)");
    }

    /** Device and state of a side; an exclamation mark where something is not as it should be below it. */
    static String side(JsonNode port, String role) {
        for (JsonNode side : port.path("sides")) {
            if (text(side, "role").equals(role)) {
                return text(side, "device") + " " + state(side);
            }
        }
        return "-";
    }

    private static String state(JsonNode side) {
        String state = text(side, "phase").equals("joined")
                ? side.path("link").asBoolean() ? isFailed(side) ? "failed" : "up" : "down"
                : text(side, "phase");
        return state + (side.path("differences").isEmpty() ? "" : " (!)");
    }

    private static boolean isFailed(JsonNode side) {
        return !text(side, "failure").equals("-");
    }

    static String health(JsonNode report) {
        return report.isNull() || report.isMissingNode()
                ? "not known yet"
                : text(report, "verdict") + ": " + text(report, "evidence");
    }

    /** All of a port, a line for each thing. */
    static List<String> lines(JsonNode port) {
        Table table = new Table(text(port, "name"), "");
        table.row("  active", active(port))
                .row("  carrier", carrier(port))
                .row("  mac", text(port, "mac"))
                .row("  mtu", text(port, "mtu"))
                .row("  handler", text(port, "handler"))
                .row("  queues", text(port, "queues"))
                .row("  switches", text(port, "switches"));
        for (JsonNode side : port.path("sides")) {
            long megabits = side.path("megabits").asLong(-1);
            table.row(
                    "  " + text(side, "role"),
                    text(side, "device") + " (" + text(side, "driver") + "), " + text(side, "phase") + ", link "
                            + (side.path("link").asBoolean() ? "up" : "down")
                            + (megabits > 0 ? ", " + megabits + " Mb/s" : ""));
            if (side.path("features").isString()) {
                table.row("", text(side, "features"));
            }
            if (!side.path("trouble").isNull()) {
                table.row("", "last refused: " + text(side, "trouble"));
            }
            if (isFailed(side)) {
                table.row("", "failed in part: " + text(side, "failure"));
            }
            side.path("differences").forEach(each -> table.row("", each.asString()));
        }
        table.row("  standby health", health(port.path("health")));
        return table.lines().toList();
    }
}
