package io.twinport.control.doctor;

import io.twinport.control.doctor.Candidate.Likelihood;
import io.twinport.control.program.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * cloud-init, asked by itself whether it is on, and by its own reader of configurations whether it configures the network: it
 * writes the files of the others, at the first boot of an instance or at each.
 */
final class CloudInitCheck extends ServiceCheck {
    private static final String SUBJECT = "cloud-init";
    private static final String CONFIGURATION = "/etc/cloud/cloud.cfg";
    private static final String FOLDER = CONFIGURATION + ".d";

    /** Before all that stands in files. */
    private static final Set<String> BEFORE_FILES = Set.of("cmdline", "initramfs");

    /**
     * What cloud-init does at boot to find its network configuration, without its consequences. The data source is the one that
     * the last boot has kept; the network is not asked.
     */
    private static final String READER = """
            import json
            from cloudinit.stages import Init
            init = Init(ds_deps=[])
            try:
                with open(init.paths.get_ipath_cur("obj_pkl"), "rb"):
                    pass
                init.datasource = init._restore_from_cache()
            except FileNotFoundError:
                pass
            init.distro.generate_fallback_config = lambda *args, **options: {"version": 1}
            config, source = init._find_networking_config()
            print(json.dumps({"off": config is None, "source": str(getattr(source, "value", source))}))
            """;

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    List<Finding> findings(Host host, List<Candidate> candidates) {
        Optional<Path> program = host.programs().find(SUBJECT);
        if (program.isEmpty()) {
            return List.of(
                    host.exists(CONFIGURATION)
                            ? notAsked(host, "is not installed, but " + CONFIGURATION + " is there")
                            : Finding.ok(SUBJECT, "is not installed, so it was not asked"));
        }
        Answer status = host.programs().ask(SUBJECT, "status", "--long");
        if (status.out().lines().anyMatch(line -> line.strip().equals("status: disabled"))) {
            return List.of(Finding.ok(SUBJECT, "is off (cloud-init status)"));
        }
        Answer answer = host.programs().ask(interpreter(host, program.get()), "-I", "-B", "-c", READER);
        if (!answer.isGood()) {
            return List.of(notAsked(host, "could not be asked (" + answer.why() + "); root may be told more"));
        }
        try {
            JsonNode network = JsonMapper.shared().readTree(answer.out());
            return List.of(finding(
                    host,
                    candidates,
                    network.path("off").asBoolean(false),
                    network.path("source").asString("")));
        } catch (JacksonException e) {
            return List.of(notAsked(host, "could not be asked (its reader has not answered in JSON)"));
        }
    }

    /** The Python that has its modules is the one in its first line. */
    private static String interpreter(Host host, Path program) {
        return host.text(program.toString())
                .lines()
                .findFirst()
                .filter(line -> line.startsWith("#!"))
                .map(line -> line.substring(2).strip().split("\\s+")[0])
                .orElse("python3");
    }

    private static Finding finding(Host host, List<Candidate> candidates, boolean isOff, String source) {
        if (isOff) {
            return Finding.ok(SUBJECT, "leaves the network alone (its own reader, source " + source + ")");
        }
        String text = "configures the network (its own reader, source " + source + ")";
        if (candidates.stream().allMatch(candidate -> candidate.failover().isPresent())) {
            return Finding.note(SUBJECT, text + ", and knows the kernel's failover device", fix(host, source));
        }
        String consequence = text + ", by MAC address, which the sides and the interface of a port share";
        boolean isToBeConsidered =
                candidates.stream().anyMatch(candidate -> candidate.likelihood() != Likelihood.POSSIBLE);
        return isToBeConsidered
                ? Finding.warning(SUBJECT, consequence, fix(host, source))
                : Finding.note(SUBJECT, consequence + "; no primary can be seen", fix(host, source));
    }

    private static Finding notAsked(Host host, String why) {
        return Finding.warning(
                SUBJECT,
                why + ": whether it configures the network cannot be known here",
                "to be sure:\n" + fix(host, ""));
    }

    private static String fix(Host host, String source) {
        if (BEFORE_FILES.contains(source)) {
            return "on the kernel's command line, which goes before all files: network-config=disabled";
        }
        String file = ConfigurationFiles.last(
                "twinport-no-network.cfg", ConfigurationFiles.names(host, List.of(FOLDER), ".cfg"));
        return FOLDER + "/" + file + ":\nnetwork: {config: disabled}";
    }
}
