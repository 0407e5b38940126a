package io.twinport.control.plan;

import io.twinport.control.UserException;
import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A configuration in YAML: settings of the process, and under {@code ports} a section for each failover port.
 *
 * <pre>
 * name: twinport
 * eal: -l 1
 * ports:
 *   wan:
 *     primary: 0000:05:00.0
 *     standby: {device: 0000:01:00.0, driver: twinport}
 *     vlan: [10, 20]
 * </pre>
 *
 * @param process what is not under {@code ports}
 */
public record ConfigFile(Section process, List<Section> ports) {
    /** Bytes; a configuration of 15 ports has some thousands. */
    private static final int LONGEST = 1 << 18;

    /** Of collections in each other; a list of a side of a port is in four. */
    private static final int DEEPEST = 16;

    /** The key under which the ports are. */
    public static final String PORTS = "ports";

    /** Keys of a port under which there may be several: the device, and what the rest of other keys' names says. */
    public static final List<String> SIDES = List.of("primary", "standby");

    /** The key of a side's device, {@code auto} where it is not there. */
    public static final String DEVICE = "device";

    private static final String AUTO = "auto";

    private static final String PORT_NAME = "[A-Za-z0-9][A-Za-z0-9_.-]{0,31}";

    /**
     * Reads a file.
     *
     * @throws UserException if it cannot be read, or is none: then with line and column
     */
    public static ConfigFile read(Path file) {
        return new Reader(file).read();
    }

    private static final class Reader {
        private final Path file;

        /** Characters of all values so far: aliases make a few thousand of them out of one. */
        private int length;

        Reader(Path file) {
            this.file = file;
        }

        ConfigFile read() {
            Place top = new Place(file, 1, 1);
            Optional<Node> root = compose(text(), top);
            if (root.isEmpty()) {
                throw top.wrong("there is nothing in it. Give 'ports:' with at least one port.");
            }
            return read(mapping(root.get(), "a configuration"));
        }

        private Optional<Node> compose(String text, Place top) {
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(file.toString())
                    .setCodePointLimit(LONGEST)
                    .build();
            try {
                checkDepth(new Parse(settings).parseString(text));
                return new Compose(settings).composeString(text);
            } catch (UserException e) {
                throw e;
            } catch (MarkedYamlEngineException e) {
                String context = e.getContext() == null ? "" : " (" + e.getContext() + ")";
                throw e.getProblemMark().map(this::place).orElse(top).wrong(e.getProblem() + context + ".");
            } catch (
                    RuntimeException
                            e) { // for a tag that is none, for instance, the library has no exception of its own
                throw top.wrong("this is no YAML: " + e.getMessage());
            }
        }

        private String text() {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(RegularFile.read(file, LONGEST)))
                        .toString();
            } catch (NoSuchFileException e) {
                throw new UserException("there is no file " + file + ".", e);
            } catch (CharacterCodingException e) {
                throw new UserException(file + " is no UTF-8 text.", e);
            } catch (IOException e) {
                throw new UserException(
                        file + " cannot be read: " + FileErrors.reason(e) + ". Give a configuration, a file in YAML.",
                        e);
            }
        }

        /** Before nodes are made of it, which takes a frame of the stack for each collection. */
        private void checkDepth(Iterable<Event> events) {
            int depth = 0;
            for (Event event : events) {
                if (event instanceof CollectionEndEvent) {
                    depth--;
                } else if (event instanceof CollectionStartEvent && ++depth > DEEPEST) {
                    throw event.getStartMark()
                            .map(this::place)
                            .orElse(new Place(file, 1, 1))
                            .wrong("more than " + DEEPEST + " collections in each other: this is no configuration.");
                }
            }
        }

        private ConfigFile read(MappingNode root) {
            List<Setting> process = new ArrayList<>();
            List<Section> ports = new ArrayList<>();
            Set<String> keys = new HashSet<>();
            for (NodeTuple entry : root.getValue()) {
                String key = key(entry, keys);
                if (key.equals(PORTS)) {
                    readPorts(mapping(entry.getValueNode(), "the ports"), ports);
                } else {
                    process.add(setting(key, entry));
                }
            }
            if (ports.isEmpty()) {
                throw place(root).wrong("there is no port. Give 'ports:' with at least one.");
            }
            return new ConfigFile(new Section("", List.copyOf(process), place(root)), List.copyOf(ports));
        }

        private void readPorts(MappingNode node, List<Section> ports) {
            Set<String> names = new HashSet<>();
            for (NodeTuple entry : node.getValue()) {
                String name = key(entry, names);
                if (!name.matches(PORT_NAME)) {
                    throw place(entry.getKeyNode())
                            .wrong("'" + name
                                    + "' is no name for a port: use up to 32 letters, digits, '.', '-' and '_'.");
                }
                List<Setting> settings = new ArrayList<>();
                Set<String> keys = new HashSet<>();
                for (NodeTuple each :
                        mapping(entry.getValueNode(), "port " + name).getValue()) {
                    String key = key(each, keys);
                    if (SIDES.contains(key) && each.getValueNode() instanceof MappingNode side) {
                        readSide(key, side, place(each.getKeyNode()), settings, keys);
                    } else {
                        settings.add(setting(key, each));
                    }
                }
                ports.add(new Section(name, List.copyOf(settings), place(entry.getKeyNode())));
            }
        }

        /** {@code standby: {device: eth1, driver: kernel}} is {@code standby: eth1} and {@code standby-driver: kernel}. */
        private void readSide(String side, MappingNode node, Place place, List<Setting> settings, Set<String> keys) {
            String device = AUTO;
            Set<String> own = new HashSet<>();
            for (NodeTuple entry : node.getValue()) {
                String key = key(entry, own);
                if (key.equals(DEVICE)) {
                    device = scalar(entry.getValueNode(), "'" + DEVICE + "'");
                } else {
                    String whole = side + "-" + key;
                    once(whole, entry, keys);
                    settings.add(setting(whole, entry));
                }
            }
            settings.add(new Setting(side, List.of(device), false, place));
        }

        private String key(NodeTuple entry, Set<String> before) {
            String key = scalar(entry.getKeyNode(), "a key");
            once(key, entry, before);
            return key;
        }

        private void once(String key, NodeTuple entry, Set<String> before) {
            if (!before.add(key)) {
                throw place(entry.getKeyNode()).wrong("'" + key + "' is there twice.");
            }
        }

        private Setting setting(String key, NodeTuple entry) {
            Place place = place(entry.getKeyNode());
            if (entry.getValueNode() instanceof SequenceNode list) {
                List<String> values = list.getValue().stream()
                        .map(node -> scalar(node, "an entry of '" + key + "'"))
                        .toList();
                return new Setting(key, values, true, place);
            }
            String what = "'" + key + "'";
            return new Setting(key, List.of(scalar(entry.getValueNode(), what)), false, place);
        }

        private MappingNode mapping(Node node, String what) {
            if (node instanceof MappingNode mapping) {
                return mapping;
            }
            throw place(node).wrong(what + " must be keys with values ('key: value', a line each).");
        }

        private String scalar(Node node, String what) {
            if (!(node instanceof ScalarNode scalar)) {
                throw place(node).wrong(what + " must be a single value.");
            }
            if (scalar.getTag().equals(Tag.NULL)) {
                throw place(node).wrong(what + " has no value.");
            }
            length += scalar.getValue().length();
            if (length > LONGEST) {
                throw place(node)
                        .wrong("with its aliases this has more than " + LONGEST
                                + " characters: it is no configuration.");
            }
            return scalar.getValue();
        }

        private Place place(Node node) {
            return node.getStartMark().map(this::place).orElse(new Place(file, 1, 1));
        }

        private Place place(Mark mark) {
            return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
        }
    }
}
