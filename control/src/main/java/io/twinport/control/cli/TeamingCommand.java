package io.twinport.control.cli;

import io.twinport.control.OutputFile;
import io.twinport.control.UserException;
import io.twinport.control.host.HostView;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.Virsh;
import io.twinport.control.host.teaming.Finding;
import io.twinport.control.host.teaming.Level;
import io.twinport.control.host.teaming.TeamingCheck;
import io.twinport.control.host.xml.LibvirtSchemas;
import io.twinport.control.host.xml.XmlDocument;
import io.twinport.control.host.xml.XmlEdit;
import io.twinport.control.host.xml.XmlPlace;
import io.twinport.control.host.xml.XmlReader;
import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code twinport teaming}. */
@Command(
        name = "teaming",
        description = "A guest's pairs of network devices, as its host's libvirt teams them.",
        subcommands = TeamingCommand.Check.class,
        mixinStandardHelpOptions = true)
final class TeamingCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new UserException("teaming: give a command, 'teaming check DOMAIN.xml'.");
    }

    /** {@code twinport teaming check}. */
    @Command(
            name = "check",
            description = {
                "Find what is wrong with the <teaming> of a domain, above all what libvirt accepts silently: file:line:column,"
                        + " what will happen, and how it would be right. Changes nothing.",
                "",
                "  teaming check vm01.xml --network persistent.xml --network transient.xml",
                "  virsh dumpxml vm01 | teaming check - --host",
                "  teaming check --connect qemu:///system --target qemu+ssh://other/system vm01"
            },
            mixinStandardHelpOptions = true,
            footer = {"", "Exit codes: 0 no error; 1 errors, or with --strict warnings; 2 bad input."})
    static final class Check implements Callable<Integer> {
        private static final String STDIN = "-";
        private static final String INDENT = " ".repeat(9);

        @Parameters(
                arity = "0..*",
                paramLabel = "DOMAIN",
                description =
                        "The domain's XML: a file, or '-' for stdin. With --connect also a domain's name: what is no"
                                + " path (it has no '/' and does not end in .xml) is one.")
        List<String> domains = List.of();

        @Option(
                names = "--network",
                arity = "1..*",
                paramLabel = "FILE",
                description = "XML of the networks that the domains' interfaces name.")
        List<String> networks = List.of();

        @Option(
                names = "--target-network",
                arity = "1..*",
                paramLabel = "FILE",
                description =
                        "XML of the networks of the host that the domains are to be migrated to: compared by name and"
                                + " kind.")
        List<String> targetNetworks = List.of();

        @Option(
                names = "--connect",
                paramLabel = "URI",
                description = "Ask this libvirt, by virsh, for the domains and for their networks: qemu:///system")
        @Nullable
        String connect;

        @Option(
                names = "--target",
                paramLabel = "URI",
                description = "Ask this libvirt for the networks of the host that the domains are to be migrated to:"
                        + " qemu+ssh://HOST/system")
        @Nullable
        String target;

        @Option(
                names = "--host",
                description =
                        "Look at this host too: its VFs, its bridges and their FDB entries, who else has the pair's MAC"
                                + " address, versions. Asks no libvirt, so that a hook may call it.")
        boolean host;

        @Mixin
        VerdictsOption verdicts = new VerdictsOption();

        @Option(
                names = "--fix",
                description = "Write a mended copy of each document in which something can be mended without asking:"
                        + " NAME.mended.xml beside NAME.xml, in the current folder for stdin and --connect.")
        boolean fix;

        @Option(names = "--json", description = "Print the findings as JSON.")
        boolean json;

        @Option(names = "--strict", description = "Exit with 1 for warnings too.")
        boolean strict;

        private final TeamingCheck check = new TeamingCheck();

        @Override
        public Integer call() throws IOException {
            if (target != null && connect == null) {
                throw new UserException("--target needs --connect. Give the URI of the domain's own host too.");
            }
            NicVerdicts nics = verdicts.read();
            domains.forEach(this::addDomain);
            read(networks).forEach(check::add);
            read(targetNetworks).forEach(check::addTarget);
            if (!check.hasDomain()) {
                throw new UserException("teaming check: give a domain's XML, a file or '-' for stdin.");
            }
            askForNetworks();
            List<Finding> findings = check.check(
                    LibvirtSchemas.installed(), host ? Optional.of(HostView.ofThisMachine()) : Optional.empty(), nics);
            Map<XmlDocument, String> mended = fix ? mended(findings) : Map.of();
            Map<XmlDocument, Path> copies = copies(mended);
            if (json) {
                Commands.writeJson(report(findings, copies), STDIN);
            } else {
                findings.forEach(Check::print);
                summary(findings);
            }
            for (Map.Entry<XmlDocument, Path> copy : copies.entrySet()) {
                OutputFile.write("--fix", copy.getValue(), mended.getOrDefault(copy.getKey(), ""));
                Commands.textStream(json ? STDIN : null).println("wrote " + copy.getValue());
            }
            return count(findings, Level.ERROR) > 0 || strict && count(findings, Level.WARNING) > 0 ? 1 : 0;
        }

        private void addDomain(String domain) {
            boolean isName =
                    connect != null && !domain.equals(STDIN) && !domain.contains("/") && !domain.endsWith(".xml");
            check.add(
                    isName
                            ? XmlReader.read(
                                    domain, Virsh.to(String.valueOf(connect)).domain(domain))
                            : read(domain));
        }

        private static Stream<XmlDocument> read(List<String> files) {
            return files.stream().map(Check::read);
        }

        private static XmlDocument read(String file) {
            try {
                // One more than may be: the reader says it.
                byte[] bytes = file.equals(STDIN)
                        ? System.in.readNBytes(XmlReader.LONGEST + 1)
                        : RegularFile.read(CommandLines.path("DOMAIN", file), XmlReader.LONGEST);
                return XmlReader.read(file, bytes);
            } catch (IOException e) {
                throw new UserException(
                        file + " cannot be read: " + FileErrors.reason(e) + ". Give libvirt's XML, a file or '-'.", e);
            }
        }

        /** Those that were not given as files. */
        private void askForNetworks() {
            if (connect != null) {
                ask(connect, name -> !check.hasNetwork(name), check::add);
                check.setAllNetworks();
            }
            if (target != null) {
                ask(target, name -> !check.hasTargetNetwork(name), check::addTarget);
                check.setTarget();
            }
        }

        private void ask(String uri, Predicate<String> isWanted, Consumer<XmlDocument> taker) {
            Virsh virsh = Virsh.to(uri);
            for (String name : check.networkNames()) {
                if (isWanted.test(name)) {
                    virsh.network(name)
                            .ifPresent(xml -> taker.accept(XmlReader.read(virsh.uri() + " network " + name, xml)));
                }
            }
        }

        private static Map<XmlDocument, String> mended(List<Finding> findings) {
            Map<XmlDocument, List<XmlEdit>> edits = findings.stream()
                    .flatMap(finding -> finding.edits().stream())
                    .collect(Collectors.groupingBy(XmlEdit::document, LinkedHashMap::new, Collectors.toList()));
            Map<XmlDocument, String> mended = new LinkedHashMap<>();
            edits.forEach((document, each) -> mended.put(document, XmlEdit.apply(document, each)));
            return mended;
        }

        /** Where the copies go, none of which may be there: somebody may have worked on it. */
        private static Map<XmlDocument, Path> copies(Map<XmlDocument, String> mended) {
            Map<XmlDocument, Path> copies = new LinkedHashMap<>();
            for (XmlDocument document : mended.keySet()) {
                Path copy = copy(document);
                if (Files.exists(copy) || copies.containsValue(copy)) {
                    throw new UserException("--fix: " + copy + " is there already. Move it away or delete it first.");
                }
                Commands.checkWritable("--fix", copy.toString());
                copies.put(document, copy);
            }
            return copies;
        }

        private static Path copy(XmlDocument document) {
            String name = document.name();
            boolean isFile = !name.equals(STDIN) && Files.isRegularFile(Path.of(name.replaceAll("[^/]{255,}|\0", "_")));
            if (isFile) {
                return Path.of(name.replaceFirst("\\.xml$", "") + ".mended.xml");
            }
            String plain = name.replaceAll("[^A-Za-z0-9_-]+", "-").replaceAll("^-+|-+$", "");
            return Path.of(
                    (plain.isEmpty() ? "domain" : plain.substring(0, Math.min(100, plain.length()))) + ".mended.xml");
        }

        private static void print(Finding finding) {
            System.out.printf(
                    Locale.ROOT,
                    "%-8s %-5s %s: %s%n",
                    finding.level().name().toLowerCase(Locale.ROOT),
                    finding.code(),
                    finding.where(),
                    finding.text());
            System.out.println(INDENT + finding.effect());
            if (!finding.mend().isEmpty()) {
                System.out.println(INDENT + "-> " + finding.mend());
            }
        }

        private void summary(List<Finding> findings) {
            System.out.printf(
                    Locale.ROOT,
                    "%s%d errors, %d warnings%n",
                    findings.isEmpty() ? "" : "\n",
                    count(findings, Level.ERROR),
                    count(findings, Level.WARNING));
        }

        private static long count(List<Finding> findings, Level level) {
            return findings.stream().filter(finding -> finding.level() == level).count();
        }

        private Map<String, Object> report(List<Finding> findings, Map<XmlDocument, Path> copies) {
            Map<String, Object> report = new LinkedHashMap<>();
            report.put("domains", check.domainNames());
            report.put("errors", count(findings, Level.ERROR));
            report.put("warnings", count(findings, Level.WARNING));
            report.put("findings", findings.stream().map(Check::view).toList());
            report.put("mended", copies.values().stream().map(Path::toString).toList());
            return report;
        }

        private static Map<String, Object> view(Finding finding) {
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("level", finding.level().name().toLowerCase(Locale.ROOT));
            view.put("rules", finding.rules());
            XmlPlace place = finding.place();
            if (place != null) {
                view.put("document", place.document());
                view.put("line", place.line());
                view.put("column", place.column());
            }
            view.put("text", finding.text());
            view.put("effect", finding.effect());
            view.put("mend", finding.mend());
            view.put("canBeMended", !finding.edits().isEmpty());
            return view;
        }
    }
}
