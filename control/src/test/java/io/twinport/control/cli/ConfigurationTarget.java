package io.twinport.control.cli;

import io.twinport.control.fuzz.Draw;
import io.twinport.control.fuzz.FuzzTarget;
import io.twinport.control.fuzz.ScratchFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Configurations. */
public final class ConfigurationTarget implements FuzzTarget {
    private final ScratchFile file = ScratchFile.create("twinport.yaml");

    public ConfigurationTarget() throws IOException {}

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        """
                        name: guest
                        eal: [--no-huge, -l 1]
                        metrics: 127.0.0.1:9464
                        ports:
                          wan:
                            primary: 0000:05:00.0
                            standby: {device: eth1, driver: kernel}
                            handler: tap:wan
                            vlan: [10, 20]
                            failback: delay:100
                          lan:
                            primary: auto
                            standby: auto
                            mtu: 1400
                            bind: true
                        """,
                        "ports: {a: &a {primary: net_null0, standby: mac:02:00:00:00:00:01, rx-mode: both}, b: *a}",
                        "{\"ports\": {\"a\": {\"primary\": \"net_null0\", \"multicast\": [\"01:00:5e:00:00:fb\"]}}}",
                        "ports:\n  a:\n    handler: !!str >-\n      sink\n    primary: |\n      x\n",
                        "--- # none\n...\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public Optional<byte[]> draw(Random random) {
        return Optional.of(new DrawnConfiguration(new Draw(random)).text().getBytes(StandardCharsets.UTF_8));
    }

    /** What is good can be shown, and is the same when it is read from what was shown. */
    @Override
    public void read(byte[] input) throws IOException {
        Configuration configuration = Configuration.read(file.with(input));
        configuration.arguments().values().forEach(ConfigurationTarget::checkValues);
        byte[] shown = JsonMapper.shared().writeValueAsBytes(configuration.view());
        Configuration again = Configuration.read(file.with(shown));
        if (!again.view().toString().isEmpty() && !text(again).equals(text(configuration))) {
            throw new AssertionError(text(configuration) + " has become " + text(again));
        }
    }

    private static String text(Configuration configuration) {
        return JsonMapper.shared().writeValueAsString(configuration.view());
    }

    /** As {@code reload} compares them. */
    private static void checkValues(PortArguments port) {
        Map<String, Object> values = Configuration.values(port);
        Map<String, Object> again = Configuration.values(Configuration.port(values));
        if (!JsonMapper.shared()
                .writeValueAsString(values)
                .equals(JsonMapper.shared().writeValueAsString(again))) {
            throw new AssertionError(values + " has become " + again);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
