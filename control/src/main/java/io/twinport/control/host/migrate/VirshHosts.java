package io.twinport.control.host.migrate;

import io.twinport.control.host.HostLink;
import io.twinport.control.host.Virsh;
import io.twinport.control.host.teaming.Domain;
import io.twinport.control.host.teaming.Nic;
import io.twinport.control.host.xml.XmlReader;
import io.twinport.control.program.Answer;
import io.twinport.control.program.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Two hosts with libvirt. Events of both say when to look again; what is so is looked up. */
public final class VirshHosts implements Hosts, AutoCloseable {
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long WAIT_UNPLUG_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long END_MILLIS = 60_000;

    /** Between two looks at the frames: each takes two programs. */
    private static final long FRAMES_MILLIS = 50;

    /** A few frames may be the kernel's own, when a link comes up. */
    private static final long SHOWN_FRAMES = 2;

    private static final Pattern STATUS = Pattern.compile("event MIGRATION .*\"status\":\"([a-z-]{1,40})\"");
    private static final Pattern REMAINING = Pattern.compile("Data remaining:\\s+(\\S+ \\S+)");
    private static final Pattern PROCESSED = Pattern.compile("Data processed:\\s+(\\S+ \\S+)");

    private final Plan plan;
    private final Map<Side, HostPrograms> hosts = new EnumMap<>(Side.class);
    private final Map<Setting, Long> frames = new HashMap<>();
    private final Map<Setting, Boolean> words = new HashMap<>();
    private final List<EventStreams> streams = new ArrayList<>();
    private final Object changed = new Object();
    private Optional<VirshProcess> migration = Optional.empty();
    private final FrameWatch frameWatch = new FrameWatch();

    /** Of the standbys, by host and name; the watching thread's. */
    private final Map<String, String> netdevs = new HashMap<>();

    private volatile boolean isWatching;
    private volatile String status = "";
    private volatile long statusNanos;

    VirshHosts(Plan plan, Programs programs) {
        this.plan = plan;
        for (Side side : Side.values()) {
            hosts.put(side, new HostPrograms(programs, side, plan.uri(side), plan.starter(side)));
        }
    }

    /** Those of a plan, with their events. Without events all goes on as well: only later. */
    public static VirshHosts of(Plan plan) {
        VirshHosts hosts = new VirshHosts(plan, Virsh.programs());
        hosts.streams.add(EventStreams.of(plan.source(), plan.way() == Plan.Way.QEMU, hosts::take));
        hosts.streams.add(EventStreams.of(plan.target(), false, hosts::take));
        return hosts;
    }

    private void take(String line) {
        Matcher matcher = STATUS.matcher(line);
        if (matcher.find()) {
            status = matcher.group(1);
            statusNanos = System.nanoTime();
        }
        synchronized (changed) {
            changed.notifyAll();
        }
    }

    private HostPrograms host(Side side) {
        return Objects.requireNonNull(hosts.get(side));
    }

    @Override
    public DomainState state(Side side) {
        return host(side).state(plan.uuid());
    }

    private Domain domain(Side side) {
        String xml = host(side).virsh("dumpxml", "--domain=" + plan.uuid());
        return Domain.of(XmlReader.read(side.text() + " " + plan.domain(), xml.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public String resolve(Side side, String value) {
        if (!value.startsWith("@")) {
            return value;
        }
        Optional<Nic> nic = domain(side).nics().stream()
                .filter(each -> each.alias().filter(value.substring(1)::equals).isPresent())
                .findFirst();
        return nic.flatMap(each -> each.element().at("target", "dev"))
                .or(() -> nic.flatMap(Nic::hostAddress)
                        .flatMap(address ->
                                Vf.find(host(side), address.toString()).map(Vf::text)))
                .map(Commands::plain)
                .orElse(value);
    }

    @Override
    public String read(Setting setting) {
        HostPrograms host = host(setting.side());
        String subject = resolve(setting.side(), setting.subject());
        return switch (setting.kind()) {
            case GUEST -> setting.side().text();
            case GUEST_LINK -> link(setting.side(), subject);
            case DEVICE ->
                state(setting.side()).isActive() && hasDevice(setting.side(), subject) ? Setting.THERE : Setting.NONE;
            case ENTRY -> entry(host, subject, setting.key());
            case FILTER ->
                host.network("bridge", "-j", "fdb", "show", "dev", Commands.plain(subject)).stream()
                                .anyMatch(each -> each.path("mac").asString("").equals(setting.key())
                                        && each.path("flags")
                                                .valueStream()
                                                .anyMatch(flag ->
                                                        flag.asString("").equals("self")))
                        ? Setting.THERE
                        : Setting.NONE;
            case VF_LINK -> vf(host, subject, setting.key()).path("link_state").asString("");
            case VF_MAC -> {
                JsonNode vf = vf(host, subject, setting.key());
                yield vf.path("address").asString(vf.path("mac").asString(""));
            }
            case SENDER -> sends(setting, host, subject) ? Setting.THERE : Setting.NONE;
        };
    }

    private String link(Side side, String subject) {
        if (!state(side).isActive()) {
            return "unknown"; // what libvirt says of a guest that is off is its stored document
        }
        String text = host(side)
                .virsh("domif-getlink", "--domain=" + plan.uuid(), "--interface=" + Commands.plain(subject))
                .strip();
        return text.endsWith("up") ? Setting.UP : text.endsWith("down") ? Setting.DOWN : "unknown";
    }

    private boolean hasDevice(Side side, String alias) {
        return domain(side).nics().stream()
                .anyMatch(nic -> nic.alias().filter(alias::equals).isPresent());
    }

    static String entry(HostPrograms host, String bridge, String mac) {
        return host.network("bridge", "-j", "fdb", "show", "br", Commands.plain(bridge)).stream()
                .filter(each -> each.path("mac").asString("").equals(mac)
                        && each.path("master").asString("").equals(bridge)
                        && each.path("state").asString("").matches("static|permanent"))
                .map(each -> each.path("ifname").asString("")
                        + (each.path("state").asString("").equals("permanent") ? "+permanent" : ""))
                .findFirst()
                .orElse(Setting.NONE);
    }

    private static JsonNode vf(HostPrograms host, String pf, String number) {
        return host.vf(pf, number).orElseThrow(() -> new UnreachableException(pf + " has no vf " + number));
    }

    /** Whether the guest has sent by it since it was first asked, or has said so. */
    private boolean sends(Setting setting, HostPrograms host, String subject) {
        long now = frames(host, subject);
        long before = frames.computeIfAbsent(setting, each -> now);
        return words.getOrDefault(setting, false) || now - before >= SHOWN_FRAMES;
    }

    /** Frames that have come from a guest by an interface, or by a VF ({@code PF+N}). */
    static long frames(HostPrograms host, String subject) {
        int hash = subject.indexOf('+');
        if (hash < 0) {
            return host.link(subject).path("stats64").path("rx").path("packets").asLong(0);
        }
        return vf(host, subject.substring(0, hash), subject.substring(hash + 1))
                .path("stats")
                .path("tx")
                .path("packets")
                .asLong(0);
    }

    @Override
    public String set(Step step, String value) {
        Setting setting = step.setting();
        HostPrograms host = host(setting.side());
        isWatching &= setting.side() != Side.TARGET || setting.kind() != Setting.Kind.DEVICE;
        if (setting.kind().isOfGuest() && !state(setting.side()).isActive()) {
            return "the guest is not there"; // libvirt would change its stored document
        }
        String now = setting.kind() == Setting.Kind.ENTRY ? read(setting) : "";
        Path file = null;
        try {
            file = step.xml().isEmpty() ? null : document(step.xml());
            List<String> command = Commands.set(
                    host.uri(),
                    plan.uuid(),
                    step,
                    resolve(setting.side(), setting.subject()),
                    value,
                    now.replace("+permanent", ""),
                    String.valueOf(file));
            if (command.isEmpty()) {
                return "";
            }
            Answer answer = host.run(command);
            if (setting.kind() == Setting.Kind.SENDER && answer.isGood()) {
                return listen(setting, host, answer.out(), value);
            }
            return answer.isGood() ? "" : answer.why();
        } catch (IOException e) {
            return "the device's document cannot be written: " + e.getMessage();
        } finally {
            delete(file);
        }
    }

    private static Path document(String xml) throws IOException {
        Path file = Files.createTempFile("twinport", ".xml"); // 0600
        Files.writeString(file, xml);
        return file;
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // a leftover in the folder of temporary files
        }
    }

    /** The agent has started the program; how that ends is the guest's word. */
    private String listen(Setting setting, HostPrograms host, String answer, String value) {
        OptionalInt process = GuestAgent.process(answer);
        for (int i = 0; i < 20 && process.isPresent(); i++) {
            Answer status = host.run(Commands.virsh(
                    host.uri(),
                    "qemu-agent-command",
                    "--domain=" + plan.uuid(),
                    "--timeout=5",
                    "--cmd=" + GuestAgent.status(process.getAsInt())));
            OptionalInt code = GuestAgent.exitCode(status.out());
            if (!status.isGood() || code.isPresent()) {
                boolean isGood = code.isPresent() && code.getAsInt() == 0;
                words.put(setting, isGood && value.equals(Setting.THERE));
                return isGood ? "" : "the guest's twinport has not switched";
            }
            pause(250);
        }
        return "the guest's agent gives no sensible answer";
    }

    @Override
    public String migrate(Step step, Watch watch) {
        long start = nanos();
        long told = start;
        boolean wasAborted = false;
        status = "";
        isWatching = true;
        Thread.ofPlatform().daemon().name("frames").start(this::watchFrames);
        try {
            VirshProcess process =
                    VirshProcess.start(Commands.migrate(plan, plan.uuid()), line -> take("virsh: " + line));
            migration = Optional.of(process);
            while (process.isRunning()) {
                if (Place.of(state(Side.SOURCE), state(Side.TARGET)) == Place.TARGET) {
                    return ""; // it has yet to clean up
                }
                boolean isStuck = status.equals("wait-unplug") && nanos() - statusNanos > WAIT_UNPLUG_NANOS;
                boolean isLate = nanos() - start > step.limitMillis() * 1_000_000;
                if (!wasAborted && (watch.isAborted() || isStuck || isLate)) {
                    watch.progress(isStuck ? "the guest does not let the primary go: aborted" : "aborted");
                    abort();
                    wasAborted = true;
                }
                if (nanos() - told > PROGRESS_NANOS) {
                    told = nanos();
                    progress((told - start) / 1_000_000, watch);
                }
                pause(100);
            }
        } catch (IOException e) {
            return "virsh cannot be started: " + e.getMessage();
        }
        return awaitMigration();
    }

    /** Until the primary comes back, by which the frames go then. One that cannot be looked at is not looked at. */
    private void watchFrames() {
        List<String> standbys = plan.standbys();
        while (isWatching) {
            long start = nanos();
            Map<Side, FrameWatch.Count> counts = new EnumMap<>(Side.class);
            for (Side side : Side.values()) {
                try {
                    FrameWatch.Count count = FrameWatch.Count.NONE;
                    for (String standby : standbys) {
                        count = count.plus(count(side, standby));
                    }
                    counts.put(side, count);
                } catch (UnreachableException e) {
                    // the guest is not there yet, or not any more
                }
            }
            frameWatch.look(start, nanos(), counts);
            try {
                TimeUnit.MILLISECONDS.sleep(FRAMES_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private FrameWatch.Count count(Side side, String standby) {
        String known = netdevs.get(side + standby);
        String netdev = known != null ? known : resolve(side, standby);
        if (netdev.equals(standby)) {
            throw new UnreachableException(side.text() + ": " + standby + " has no interface");
        }
        netdevs.put(side + standby, netdev);
        JsonNode counters = host(side).link(netdev).path("stats64");
        return new FrameWatch.Count(
                counters.path("rx").path("packets").asLong(0),
                counters.path("tx").path("packets").asLong(0),
                counters.path("tx").path("dropped").asLong(0));
    }

    private void progress(long millis, Watch watch) {
        Answer answer = host(Side.SOURCE).run(Commands.virsh(plan.source(), "domjobinfo", "--domain=" + plan.uuid()));
        Matcher processed = PROCESSED.matcher(answer.out());
        Matcher remaining = REMAINING.matcher(answer.out());
        String frames = frameWatch.progress();
        watch.progress(String.format(
                Locale.ROOT,
                "%5.1f s %s%s%s%s",
                millis / 1000.0,
                status.isEmpty() ? "" : status + ", ",
                processed.find() ? processed.group(1) + " sent, " : "",
                remaining.find() ? remaining.group(1) + " remain" : "under way",
                frames.isEmpty() ? "" : "; " + frames));
    }

    @Override
    public String awaitMigration() {
        return migration.map(process -> process.complaint(END_MILLIS)).orElse("");
    }

    @Override
    public void abort() {
        host(Side.SOURCE).run(Commands.virsh(plan.source(), "domjobabort", "--domain=" + plan.uuid()));
    }

    /** What the kernel counted of the guest's frames while it was migrated: empty where it was not, or nothing is known. */
    public String frames() {
        return frameWatch.summary();
    }

    /** What libvirt measured of the last migration: empty where it tells nothing. */
    public String summary() {
        Answer answer = host(Side.TARGET)
                .run(Commands.virsh(plan.target(), "domjobinfo", "--domain=" + plan.uuid(), "--completed"));
        List<String> lines = answer.out()
                .lines()
                .filter(line ->
                        line.matches("(Time elapsed|Total downtime|Downtime|Data total|Setup time|Data processed).*"))
                .map(line -> line.replaceAll("\\s+", " ").strip())
                .toList();
        return String.join(", ", lines);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void pause(long millis) {
        synchronized (changed) {
            try {
                TimeUnit.MILLISECONDS.timedWait(changed, millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        isWatching = false;
        streams.forEach(EventStreams::close);
    }

    /** A VF as its PF knows it. */
    record Vf(String pf, int number, HostLink link) {
        /** By its PCI address; empty where it is no VF of an interface. */
        static Optional<Vf> find(HostPrograms host, String address) {
            String device = "/sys/bus/pci/devices/" + address;
            List<String> netdevs = host.run(List.of("ls", device + "/physfn/net"))
                    .out()
                    .lines()
                    .toList();
            if (netdevs.size() != 1) {
                return Optional.empty();
            }
            Answer vfs = host.run(List.of(
                    "find", device + "/physfn/", "-maxdepth", "1", "-name", "virtfn[0-9]*", "-printf", "%f_%l_"));
            return Pattern.compile("virtfn(\\d{1,4})_([^_]+)_")
                    .matcher(vfs.out())
                    .results()
                    .filter(each -> each.group(2).endsWith("/" + address))
                    .findFirst()
                    .map(each -> new Vf(
                            netdevs.getFirst(), Integer.parseInt(each.group(1)), host.hostLink(netdevs.getFirst())));
        }

        String text() {
            return pf + "+" + number;
        }
    }
}
