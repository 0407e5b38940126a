package io.twinport.control.kernel;

import io.twinport.control.Log;
import io.twinport.control.UserException;
import io.twinport.posix.Errno;
import io.twinport.posix.Interfaces;
import io.twinport.posix.PosixException;
import io.twinport.posix.QueueDiscipline;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Changes to the kernel's interfaces for as long as a port needs them: kept up meanwhile, and undone in the end, in
 * reverse. Interfaces are known by their numbers; they may be renamed. For one thread at a time.
 */
final class InterfaceChanges {
    static final String ON = "on";
    static final String OFF = "off";
    private static final String DEFAULT = "the default";

    /** What is set otherwise than by a file. */
    interface Controls {
        boolean hasFlag(int index, int flag);

        void setFlag(int index, int flag, boolean on);

        Map<String, Boolean> features(int index);

        void setFeatures(int index, Map<String, Boolean> wanted);

        Optional<String> discipline(int index);

        void dropAll(int index, boolean on);

        Optional<OtherEnd> otherEnd(int index);
    }

    /** An interface that is changed, by the name that it has now. */
    record Target(int index, String name) {}

    /**
     * Something that was set. What it was and is comes and goes as text; files are found by the interface's present name.
     *
     * @param isKept whether it is looked after
     */
    private record Change(
            Target target,
            String what,
            Function<String, String> read,
            BiConsumer<String, String> write,
            String before,
            String wanted,
            boolean isKept,
            String harm,
            UnaryOperator<String> command) {
        String key() {
            return target.index + what;
        }

        Setting setting(String now) {
            return new Setting(
                    what + " of " + now,
                    () -> read.apply(now),
                    wanted,
                    () -> write.accept(now, wanted),
                    harm,
                    command.apply(now));
        }
    }

    private final Path root;
    private final Controls controls;
    private final KernelInterfaces interfaces;
    private final Deque<Change> made = new ArrayDeque<>();
    private final Map<Integer, String> names = new HashMap<>();
    private Upkeep upkeep = new Upkeep();

    /** @param root of {@code sys} and {@code proc} */
    InterfaceChanges(Path root, Controls controls) {
        this.root = root;
        this.controls = controls;
        this.interfaces = new KernelInterfaces(root.resolve("sys"));
    }

    boolean isEmpty() {
        return made.isEmpty();
    }

    /** Nothing that the kernel sends by it leaves it. */
    void dropAll(Target target, String harm) {
        int index = target.index;
        change(new Change(
                target,
                "the queueing discipline",
                name -> controls.discipline(index).orElse(DEFAULT),
                (name, kind) -> setDiscipline(index, kind),
                DEFAULT,
                QueueDiscipline.BLACKHOLE,
                true,
                harm,
                name -> "tc qdisc replace dev " + name + " root blackhole"));
    }

    /** One that is not ours any more is left to whoever has put it there. */
    private void setDiscipline(int index, String kind) {
        if (kind.equals(QueueDiscipline.BLACKHOLE)) {
            controls.dropAll(index, true);
        } else if (controls.discipline(index)
                .filter(QueueDiscipline.BLACKHOLE::equals)
                .isPresent()) {
            controls.dropAll(index, false);
        }
    }

    /** Starts it; whoever stops it means it. */
    void start(Target target) {
        flag(target, Interfaces.UP, "the state", "up", "down", false, "", "up");
    }

    void receiveAllMulticast(Target target, String harm) {
        flag(target, Interfaces.ALL_MULTICAST, "all multicast", ON, OFF, true, harm, "allmulticast on");
    }

    void resolveNoAddresses(Target target, String harm) {
        flag(target, Interfaces.NO_ARP, "ARP", OFF, ON, true, harm, "arp off");
    }

    private void flag(
            Target target,
            int flag,
            String what,
            String set,
            String clear,
            boolean isKept,
            String harm,
            String command) {
        int index = target.index;
        change(new Change(
                target,
                what,
                name -> controls.hasFlag(index, flag) ? set : clear,
                (name, value) -> controls.setFlag(index, flag, value.equals(set)),
                clear,
                set,
                isKept,
                harm,
                name -> "ip link set " + name + " " + command));
    }

    /** Switches off what is done to frames beside passing them on. */
    void switchOff(Target target, String feature, String harm) {
        int index = target.index;
        change(new Change(
                target,
                feature,
                name -> Boolean.TRUE.equals(controls.features(index).get(feature)) ? ON : OFF,
                (name, value) -> controls.setFeatures(index, Map.of(feature, value.equals(ON))),
                ON,
                OFF,
                true,
                harm,
                name -> "ethtool -K " + name + " " + feature + " off"));
    }

    /** Sets one of {@code /proc/sys/net} to 1; a kernel without that protocol has none of it. */
    void set(Target target, String family, String key, String harm) {
        Path now = file(target.name, family, key);
        if (Files.exists(now)) {
            change(new Change(
                    target,
                    key,
                    name -> read(file(name, family, key)),
                    (name, value) -> write(file(name, family, key), value),
                    read(now),
                    "1",
                    true,
                    harm,
                    name -> "sysctl net." + family + ".conf." + name + "." + key + "=1"));
        }
    }

    private Path file(String name, String family, String key) {
        return root.resolve("proc/sys/net")
                .resolve(family)
                .resolve("conf")
                .resolve(name)
                .resolve(key);
    }

    /** The kernel takes IPv6 and its files away from an interface whose MTU is too small for it: there is nothing to be wrong. */
    private static String read(Path file) {
        String text = SystemFiles.text(file);
        return text.isEmpty() ? "1" : text;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write '" + text + "' to " + file + ": " + e.getMessage(), e);
        }
    }

    /** Sets what is not so already. */
    private void change(Change wanted) {
        if (!wanted.read.apply(wanted.target.name).equals(wanted.wanted)) {
            wanted.write.accept(wanted.target.name, wanted.wanted);
            made.push(wanted);
        }
    }

    /**
     * Puts all back; what belongs to an interface that has gone is past.
     *
     * @throws UserException if that cannot be, of the first one
     */
    void restore() {
        List<RuntimeException> failures = new ArrayList<>();
        while (!made.isEmpty()) {
            Change last = made.pop();
            try {
                nameOf(last.target).ifPresent(now -> last.write.accept(now, last.before));
            } catch (RuntimeException e) {
                if (!(e instanceof PosixException call) || call.errno() != Errno.ENODEV) {
                    failures.add(e);
                }
            }
        }
        upkeep = new Upkeep();
        names.clear();
        if (!failures.isEmpty()) {
            RuntimeException first = failures.getFirst();
            throw new UserException("not all settings could be restored: " + first.getMessage(), first);
        }
    }

    /** Looks whether all is as it was set. */
    List<String> lookAfter(Log log) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        made.reversed().stream()
                .filter(Change::isKept)
                .forEach(change ->
                        nameOf(change.target).ifPresent(now -> settings.put(change.key(), change.setting(now))));
        return upkeep.look(settings, log);
    }

    private Optional<String> nameOf(Target target) {
        Optional<String> now = interfaces.nameOf(target.index, names.getOrDefault(target.index, target.name));
        now.ifPresent(name -> names.put(target.index, name));
        return now;
    }

    /** The changes, in the order in which they were made. */
    String describe(Target own) {
        return made.reversed().stream()
                .map(change -> change.what + (change.target.equals(own) ? "" : " of " + change.target.name) + " "
                        + change.wanted)
                .collect(Collectors.joining(", "));
    }
}
