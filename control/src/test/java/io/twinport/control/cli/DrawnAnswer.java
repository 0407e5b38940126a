package io.twinport.control.cli;

import io.twinport.control.fuzz.Draw;
import java.util.List;
import java.util.StringJoiner;

/** Answers of a control socket: the keys that the commands look for, with values that mostly have the form that they expect. */
final class DrawnAnswer {
    private static final List<String> TEXTS = List.of(
            "name",
            "active",
            "forced",
            "mac",
            "handler",
            "device",
            "driver",
            "phase",
            "trouble",
            "failure",
            "verdict",
            "evidence");
    private static final List<String> NUMBERS =
            List.of("mtu", "queues", "switches", "megabits", "mbufs", "mbufsAvailable", "rx_packets");
    private static final List<String> FLAGS = List.of("carrier", "link");
    private static final List<String> LISTS = List.of("errors", "changed", "needRestart", "differences");
    private static final List<String> WORDS =
            List.of("none", "primary", "standby", "joined", "waiting", "alive", "", "x\\n\\u001b[31m");
    private static final List<String> ODD =
            List.of("null", "{}", "[]", "[[]]", "-1", "1e400", "99999999999999999999", "true");

    private final Draw draw;

    DrawnAnswer(Draw draw) {
        this.draw = draw;
    }

    String any() {
        return switch (draw.upTo(4)) {
            case 0 -> "[" + port() + "," + port() + "]";
            case 1 -> object(member("ports", "[" + port() + "]"), number(), list(), list(), number());
            case 2 ->
                object(text(), member("port", counts()), member("sides", object(member(draw.of(WORDS), counts()))));
            case 3 -> object(list(), list());
            default -> port();
        };
    }

    private String port() {
        return object(
                text(),
                text(),
                text(),
                number(),
                number(),
                flag(),
                member("name", quoted(draw.of(WORDS))),
                member("health", object(text(), member("verdict", quoted(draw.of(WORDS))))),
                member("sides", "[" + side("primary") + "," + side("standby") + "]"));
    }

    private String side(String role) {
        return object(
                member("role", quoted(role)),
                member("phase", quoted(draw.once(2) ? "joined" : draw.of(WORDS))),
                member("trouble", draw.once(2) ? "null" : quoted(draw.of(WORDS))),
                member("failure", draw.once(2) ? "null" : quoted(draw.of(WORDS))),
                text(),
                number(),
                flag(),
                flag(),
                list());
    }

    private String counts() {
        return object(number(), number(), number());
    }

    private String text() {
        return member(draw.of(TEXTS), quoted(draw.of(WORDS)));
    }

    private String number() {
        return member(draw.of(NUMBERS), String.valueOf(draw.upTo(100_000)));
    }

    private String flag() {
        return member(draw.of(FLAGS), String.valueOf(draw.once(2)));
    }

    private String list() {
        return member(draw.of(LISTS), "[" + draw.some(3, List.of("\"a\"", "\"\\u0007\"", "1"), ",") + "]");
    }

    private String member(String name, String value) {
        return quoted(name) + ":" + (draw.once(12) ? draw.of(ODD) : value);
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private String object(String... members) {
        StringJoiner object = new StringJoiner(",", "{", "}");
        for (String member : members) {
            if (!draw.once(10)) {
                object.add(member);
            }
        }
        return object.toString();
    }
}
