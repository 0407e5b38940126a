package io.twinport.control.cli;

import io.twinport.control.fuzz.Draw;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Configurations by their rules: for most keys values that are good, some that nearly are. */
final class DrawnConfiguration {
    private static final List<String> NUMBERS =
            List.of("0", "1", "2", "5", "60", "100", "1500", "-1", "1.5", "99999", "99999999999", "x", "''");
    private static final List<String> FLAGS = List.of("true", "true", "false", "yes", "[true]");
    private static final List<String> VLANS = List.of("10", "1", "4094", "0", "4095", "x");
    private static final List<String> MACS = List.of(
            "02:00:00:00:00:01",
            "02:00:00:00:00:02",
            "01:00:5e:00:00:fb",
            "33:33:00:00:00:01",
            "00:00:00:00:00:00",
            "x");
    private static final List<String> DRIVERS = List.of("auto", "dpdk", "twinport", "kernel", "none");
    private static final List<String> DEVICES = List.of(
            "net_null0",
            "net_null1",
            "'net_null2,no-rx=1'",
            "'net_null3,copy=1,mac=02:00:00:00:00:01'",
            "'net_virtio_user0,path=/tmp/far,server=1,mac=02:00:00:00:00:01'",
            "'net_virtio_user1,path=/tmp/far,queues=2'",
            "'net_vhost0,iface=/tmp/far,client=1'",
            "'net_memif0,role=server'",
            "'net_memif1,role=client,socket=/tmp/memif'",
            "'net_tap0,iface=tap9'",
            "'net_af_packet0,iface=lo,framesz=2048'",
            "'net_null4,a=1,a=2'",
            "'net_null5,'",
            "0000:05:00.0",
            "05:00.1",
            "0000:05:00.7",
            "'0000:05:00.0,mprq_en=1'",
            "auto",
            "'mac:02:00:00:00:00:01'",
            "mac:",
            "eth1",
            "lo",
            "a-name-that-is-longer-than-an-interface",
            "[net_null0]");
    private static final Map<String, List<String>> VALUES = Map.ofEntries(
            Map.entry("primary", DEVICES),
            Map.entry("standby", DEVICES),
            Map.entry("standby-driver", DRIVERS),
            Map.entry(
                    "handler",
                    List.of(
                            "reflect",
                            "sink",
                            "generate",
                            "generate:1000",
                            "'generate:1000:02:00:00:00:00:09'",
                            "'generate:7:x'",
                            "generate:0",
                            "generate:99999999999",
                            "tap:tw0",
                            "tap:lo",
                            "tap",
                            "sink:1",
                            "other")),
            Map.entry("failback", List.of("when-proven", "at-once", "manual", "delay:100", "delay:99999999", "soon")),
            Map.entry("rx-mode", List.of("active", "presence", "both", "none")),
            Map.entry("mac", MACS),
            Map.entry("metrics", List.of("0", "9464", "'127.0.0.1:9464'", "'[::1]:80'", "'host:99999'", "localhost")),
            Map.entry("name", List.of("guest", "a/b", "''", "x")),
            Map.entry("cnc-dir", List.of("/tmp/x", "relative", "''")),
            Map.entry(
                    "control-socket",
                    List.of("none", "/tmp/some.sock", "/no/such/folder/x", "/dev/null", "'" + "x".repeat(120) + "'")));
    private static final List<String> FLAG_KEYS =
            List.of("promiscuous", "all-multicast", "damping", "bind", "bind-in-use", "standby-down-expected");
    private static final List<String> WORDS_OF_EAL = List.of(
            "-l 1",
            "-l 0-1",
            "-l 1-0",
            "-l",
            "-m 64",
            "-n 4",
            "--no-huge",
            "--in-memory",
            "--vdev=net_null7",
            "--vdev net_virtio_user7,path=/tmp/a",
            "--vdev=net_null7,mac=02:00:00:00:00:01",
            "-a 0000:05:00.0",
            "-b 0000:06:00.0",
            "--file-prefix=x",
            "--proc-type=secondary",
            "--proc-type=primary",
            "--log-level=8",
            "-c 3",
            "--lcores=1",
            "--unknown",
            "--no-huge=1",
            "-v",
            "--iova-mode=va",
            "--iova-mode=x",
            "x");

    private final Draw draw;
    private final List<String> ofProcess = Configuration.keys(CommandLines.of(new ProcessOptions()));
    private final List<String> ofPort = Configuration.keys(CommandLines.of(new PortArguments()));

    DrawnConfiguration(Draw draw) {
        this.draw = draw;
    }

    String text() {
        StringJoiner text = new StringJoiner("\n", "", "\n");
        settings(ofProcess, draw.upTo(2)).forEach((key, value) -> text.add(key + ": " + value));
        if (draw.once(2)) {
            text.add("eal: "
                    + (draw.once(2)
                            ? "[" + draw.some(4, WORDS_OF_EAL, ", ") + "]"
                            : "'" + draw.some(4, WORDS_OF_EAL, " ") + "'"));
        }
        text.add("ports:");
        int ports = draw.once(20) ? 17 : 1 + draw.upTo(1);
        for (int i = 0; i < ports; i++) {
            text.add("  " + draw.of(List.of("port" + i, "port" + i, "port" + i, "port0", "-")) + ":");
            if (draw.once(12)) {
                text.add("    " + draw.of(ofPort).replace('a', 'e') + ": 1");
            }
            Map<String, String> port = settings(ofPort, draw.upTo(4));
            port.put("primary", draw.once(8) ? side() : draw.of(DEVICES));
            if (draw.once(2)) {
                port.put("standby", draw.once(4) ? side() : draw.of(DEVICES));
            }
            port.forEach((key, value) -> text.add("    " + key + ": " + value));
        }
        return text.toString();
    }

    private String side() {
        return "{device: " + draw.of(DEVICES) + ", driver: " + draw.of(DRIVERS) + "}";
    }

    private Map<String, String> settings(List<String> keys, int count) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String key = draw.of(keys);
            settings.put(key, value(key));
        }
        return settings;
    }

    private String value(String key) {
        if (key.endsWith("vlan")) {
            return "[" + draw.some(3, VLANS, ", ") + "]";
        }
        if (key.equals("multicast")) {
            return "['" + draw.some(3, MACS, "', '") + "']";
        }
        return draw.of(FLAG_KEYS.contains(key) ? FLAGS : VALUES.getOrDefault(key, NUMBERS));
    }
}
