package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.control.plan.HandlerSpec;
import io.twinport.control.plan.MbufNeeds;
import io.twinport.control.plan.PortPlan;
import io.twinport.control.plan.SideDriver;
import io.twinport.control.plan.SideSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
    private static final String GOOD = """
            name: guest
            eal: [-l 1, --no-huge]
            ports:
              wan:
                primary: 0000:05:00.0
                standby: net_virtio_user0,path=/run/standby.sock,server=1
                mac: 52:54:00:12:34:56
                vlan: [10, 20]
                promiscuous: true
                announce: 3
              lan:
                primary: net_tap1
                handler: tap:lan
                multicast: 01:00:5e:00:00:fb
            """;

    @TempDir
    private Path folder;

    @Test
    void shouldUnderstandPortsAndProcess() throws IOException {
        Configuration read = read(GOOD);
        assertEquals("guest", read.options().engine.name);
        assertEquals(List.of("-l", "1", "--no-huge"), read.eal());
        assertEquals(
                List.of("wan", "lan"), read.ports().stream().map(PortPlan::name).toList());
        PortPlan wan = read.ports().getFirst();
        assertEquals(2, wan.sides().size());
        assertEquals("[10, 20]", wan.settings().configuration().filter().vlans().toString());
        assertTrue(wan.settings().configuration().filter().promiscuous());
        assertEquals(3, wan.settings().announce().count());
        assertEquals(new HandlerSpec.Tap("lan", false), read.ports().getLast().handler());
    }

    /** Held frames come on top of what rings and caches have. */
    @ParameterizedTest
    @CsvSource({"1, 0, 8191", "1, 300, 8191", "2, 0, 8191", "2, 300, 16383", "4, 0, 16383", "4, 300, 32767"})
    void shouldHaveMbufsForWhatIsHeld(int queues, int hold, int mbufs) throws IOException {
        Configuration read = read("ports: {wan: {primary: net_tap0, queues: " + queues + ", hold-us: " + hold + "}}\n");
        assertEquals(mbufs, MbufNeeds.of(read.ports()).count());
    }

    @Test
    void shouldTakeWhatBelongsToASideTogether() throws IOException {
        Configuration read = read("""
                ports:
                  wan: {primary: {device: 0000:05:00.0}, standby: {device: 0000:01:00.0, driver: twinport, down-expected: true}}
                  lan:
                    primary: mac:52:54:00:12:34:56
                    standby:
                      driver: kernel
                """);
        SideSpec standby = read.ports().getFirst().sides().getLast();
        assertEquals("0000:01:00.0", standby.devargs());
        assertEquals(SideDriver.TWINPORT, standby.driver());
        assertTrue(read.ports().getFirst().settings().detection().standbyDownExpected());
        assertEquals("0000:05:00.0", read.ports().getFirst().sides().getFirst().devargs());
        SideSpec found = read.ports().getLast().sides().getLast();
        assertEquals("auto", found.devargs());
        assertEquals(SideDriver.KERNEL, found.driver());
    }

    /** Line and column are those of the key, and a hint says what to write. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            standby:            | standbye:            | 6:5:  | there is no key 'standbye' here. Is it standby
            name: guest         | nmae: guest          | 1:1:  | there is no key 'nmae' here.
            name: guest         | primary: net_tap0    | 1:1:  | There are: cnc-dir, control-socket, exit-when-stuck, flight-recorder, metrics, name, eal, ports.
            announce: 3         | 'announce=': 3       | 10:5: | there is no key 'announce=' here.
            announce: 3         | '': 3                | 10:5: | there is no key '' here.
            announce: 3         | announce: 3000       | 10:5: | 0 to 100
            announce: 3         | announce: often      | 10:5: | --announce often is not possible: give 0 to 100 times
            promiscuous: true   | promiscuous: maybe   | 9:5:  | true or false, and not 'maybe'
            mac: 52:54          | mac: [1, 2] #        | 7:5:  | 'mac' has one value, and not a list
            [10, 20]            | [10, 5000]           | 8:5:  | --vlan 5000 is not possible: give 1 to 4094
            primary: 0000:05:00.0 | primary: eth0      | 5:5:  | 'eth0' is no DPDK device
            handler: tap:lan    | handler: tap         | 13:5: | Choose reflect, sink
            primary: net_tap1   | primary: 0000:05:00.0 | 12:5: | the ports wan and lan both have 0000:05:00.0
            handler: tap:lan    | handler: {a: b}      | 13:14: | must be a single value
            primary: net_tap1   | primary: {devise: net_tap1} | 12:15: | there is no key 'primary-devise' here.
            primary: net_tap1   | primary: {device: [a, b]}   | 12:23: | 'device' must be a single value
            primary: net_tap1   | 'standby: {driver: twinport, driver: kernel}' | 12:33: | 'driver' is there twice
            primary: net_tap1   | standby: {driver: vdpa}     | 12:15: | vdpa
            handler: tap:lan    | handler:             | 13:13: | has no value
            """)
    void shouldSayWhereAndWhat(String good, String bad, String place, String text) throws IOException {
        String message = failure(GOOD.replace(good, bad));
        assertTrue(message.startsWith(folder.resolve("twinport.yaml") + ":" + place), message);
        assertTrue(message.contains(text), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing",
                "ports: {}",
                "name: x",
                "- a",
                "ports: [a]",
                "ports: {a: 1}",
                "ports: {'a b': {primary: net_tap0}}",
                "ports:\n  a: {primary: net_tap0}\n  a: {primary: net_tap1}",
                "ports: {a: {primary: net_tap0, primary: net_tap1}}",
                "ports: {a: {}}",
                "ports: {a: {primary: net_tap0}",
                "ports: \t- x",
                "a: &x [*x]\nports: *x",
                "? [a, b]\n: c"
            })
    void shouldRefuseWhatIsNoConfiguration(String text) throws IOException {
        String message = failure(text);
        assertTrue(message.matches("(?s)\\Q" + folder.resolve("twinport.yaml") + "\\E:\\d+:\\d+: .*"), message);
    }

    /** A reference costs nothing, and what it would grow to is never built. */
    @Test
    void shouldNotBeBlownUpByReferences() throws IOException {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 60; i++) {
            bomb.append("a%d: &a%d [*a%d, *a%d]%n".formatted(i, i, i - 1, i - 1));
        }
        assertTrue(failure(bomb.toString()).startsWith(folder.resolve("twinport.yaml") + ":"));
    }

    @Test
    void shouldSayThatAFileIsMissingOrTooLong() throws IOException {
        assertTrue(String.valueOf(assertThrows(UserException.class, () -> Configuration.read(folder.resolve("none")))
                        .getMessage())
                .startsWith("there is no file "));
        assertTrue(failure("#".repeat(300_000)).contains("it has 300000 bytes, and at most 262144 are read"));
    }

    @Test
    void shouldPublishASchemaOfTheSameKeys() {
        Map<String, Object> schema = ConfigSchema.make();
        String text = schema.toString();
        assertEquals(List.of("ports"), schema.get("required"));
        assertTrue(text.contains("standby-driver") && text.contains("cnc-dir") && text.contains("eal"), text);
        assertTrue(text.contains("mtu={type=integer, minimum=68, maximum=16000"), text);
        assertTrue(
                text.contains("rx-silence-ms={anyOf=[{type=integer, minimum=100, maximum=600000}, {const=0}]"), text);
        assertTrue(text.matches("(?s).*standby=\\{oneOf=.*properties=\\{device=\\{.*driver=\\{.*"), text);
    }

    private Configuration read(String text) throws IOException {
        return Configuration.read(Files.writeString(folder.resolve("twinport.yaml"), text));
    }

    private String failure(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("twinport.yaml"), text);
        return String.valueOf(assertThrows(UserException.class, () -> Configuration.read(file))
                .getMessage());
    }
}
