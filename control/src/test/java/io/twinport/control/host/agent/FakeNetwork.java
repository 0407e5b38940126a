package io.twinport.control.host.agent;

import io.twinport.control.program.Answer;
import io.twinport.control.program.Programs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A host's network: {@code br0} with {@code tap01} and the PF {@code pf0}, whose VF 0 is the primary. The PF's driver is igb's. */
final class FakeNetwork implements Programs {
    /** Of {@code br0}: by MAC address the port. */
    final Map<String, String> entries = new TreeMap<>();

    /** Of {@code pf0}. */
    final TreeSet<String> filters = new TreeSet<>();

    final List<String> changes = new ArrayList<>();
    long byTap;
    long byVf;
    boolean fails;

    @Override
    public Optional<Path> find(String program) {
        return Optional.of(Path.of("/usr/bin", program));
    }

    @Override
    public Answer ask(String program, String... arguments) {
        String command = program + " " + String.join(" ", arguments);
        if (command.startsWith("bridge fdb")) {
            return change(command, arguments);
        }
        String shown = switch (command.replaceFirst("/sys/\\S+/", "")) {
            case "ip -j -d -s link show dev br0" ->
                "[{\"ifname\":\"br0\",\"linkinfo\":{\"info_kind\":\"bridge\",\"info_data\":{\"forward_delay\":0}}}]";
            case "ip -j -d -s link show dev tap01" ->
                "[{\"ifname\":\"tap01\",\"master\":\"br0\",\"linkinfo\":{\"info_kind\":\"tun\"},\"stats64\":{\"rx\":{"
                        + "\"packets\":" + byTap + "}}}]";
            case "ip -j -d -s link show dev pf0" ->
                "[{\"ifname\":\"pf0\",\"master\":\"br0\",\"vfinfo_list\":[{\"vf\":0,\"address\":\"" + FakeLibvirt.MAC
                        + "\",\"stats\":{\"tx\":{\"packets\":" + byVf + "}}}]}]";
            case "ip -j link show master br0" -> "[{\"ifname\":\"tap01\"},{\"ifname\":\"pf0\"}]";
            case "bridge -j fdb show br br0" ->
                json(entries.entrySet().stream()
                        .map(each -> "{\"mac\":\"" + each.getKey() + "\",\"ifname\":\"" + each.getValue()
                                + "\",\"master\":\"br0\",\"state\":\"static\"}")
                        .toList());
            case "bridge -j fdb show dev pf0" ->
                json(filters.stream()
                        .map(mac -> "{\"mac\":\"" + mac + "\",\"flags\":[\"self\"]}")
                        .toList());
            case "ls net" -> "pf0\n";
            case "readlink driver" -> "../../bus/pci/drivers/igb\n";
            case "cat vendor" -> "0x8086\n";
            case "cat device" -> "0x10c9\n";
            default -> command.startsWith("find ") ? "virtfn0_../0000:01:10.0_" : "";
        };
        return new Answer(0, shown, "");
    }

    private static String json(List<String> objects) {
        return objects.stream().collect(Collectors.joining(",", "[", "]"));
    }

    private Answer change(String command, String... arguments) {
        changes.add(command.substring("bridge fdb ".length()));
        if (fails) {
            return new Answer(2, "", "RTNETLINK answers: Operation not permitted");
        }
        String mac = arguments[2];
        switch (arguments[1] + " " + arguments[5]) {
            case "replace master" -> entries.put(mac, arguments[4]);
            case "del master" -> entries.remove(mac);
            case "add self" -> filters.add(mac);
            case "del self" -> filters.remove(mac);
            default -> throw new AssertionError(command);
        }
        return new Answer(0, "", "");
    }
}
