package io.twinport.control.host.hook;

import io.twinport.control.Printable;
import io.twinport.control.UserException;
import io.twinport.control.host.HostView;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.teaming.Finding;
import io.twinport.control.host.teaming.Level;
import io.twinport.control.host.teaming.TeamingCheck;
import io.twinport.control.host.xml.LibvirtSchemas;
import io.twinport.control.host.xml.XmlDocument;
import io.twinport.control.host.xml.XmlElement;
import io.twinport.control.host.xml.XmlReader;
import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether a guest may come to this host. Its networks are read where libvirt keeps them: libvirt itself waits for its hook. */
public final class Admission {
    /** Below a root: as defined, and as they run. */
    private static final Path DEFINED = Path.of("etc/libvirt/qemu/networks");

    private static final Path RUNNING = Path.of("run/libvirt/network");

    /** libvirt shows the operator all of it. */
    private static final int MOST_REASONS = 5;

    private final Path root;
    private final Supplier<HostView> host;
    private final NicVerdicts nics;
    private final Reservations reservations;

    /**
     * @param root of the machine's files
     * @param host looks at it anew
     */
    public Admission(Path root, Supplier<HostView> host, NicVerdicts nics, Reservations reservations) {
        this.root = root;
        this.host = host;
        this.nics = nics;
        this.reservations = reservations;
    }

    /** Of this machine. */
    public static Admission ofThisMachine(NicVerdicts nics, Reservations reservations) {
        return new Admission(Path.of("/"), HostView::ofThisMachine, nics, reservations);
    }

    /**
     * Checks a guest that is on its way, and promises it the VFs that it needs.
     *
     * @param xml as libvirt gives it to its hook
     * @return why it may not come, for whoever migrates it; empty if it may
     * @throws UserException if the document is none, or this host cannot be looked at
     */
    public List<String> refusals(byte[] xml) {
        XmlDocument document = XmlReader.read("the guest's document", xml);
        TeamingCheck check = new TeamingCheck();
        check.add(document);
        if (!check.hasDomain()) {
            throw new UserException(
                    document.root().place() + ": this is no <domain>. Give what libvirt gives to its hook.");
        }
        if (!check.hasPair()) {
            return List.of();
        }
        addNetworks(check);
        String name = text(document, "name");
        String uuid = Optional.of(text(document, "uuid"))
                .filter(text -> !text.isEmpty())
                .orElse(name);
        return reservations.locked(held -> {
            check.setPromised(held.ofOthers(uuid));
            List<Finding> errors = check.check(LibvirtSchemas.none(), Optional.of(host.get()), nics).stream()
                    .filter(finding -> finding.level() == Level.ERROR)
                    .toList();
            if (errors.isEmpty()) {
                held.promise(uuid, check.claimed());
            }
            return errors.stream()
                    .limit(MOST_REASONS)
                    .map(error -> "twinport: " + Printable.line(name) + " cannot come: " + error.text() + ": "
                            + error.effect() + (error.mend().isEmpty() ? "" : " -> " + error.mend()))
                    .toList();
        });
    }

    private static String text(XmlDocument document, String element) {
        return document.root().at(element).map(XmlElement::text).orElse("");
    }

    private void addNetworks(TeamingCheck check) {
        boolean areAll = true;
        for (String name : check.networkNames()) {
            // It becomes a part of a path.
            boolean isName = name.matches("[^/\\p{Cntrl}]{1,200}") && !name.startsWith(".");
            Path file = root.resolve(DEFINED).resolve(isName ? name + ".xml" : "none");
            if (isName && Files.exists(file)) {
                check.add(read(file));
            } else if (isName && Files.exists(root.resolve(RUNNING).resolve(name + ".xml"))) {
                areAll = false; // it runs, and was never defined
            }
        }
        if (areAll) {
            check.setAllNetworks();
        }
    }

    private static XmlDocument read(Path file) {
        try {
            return XmlReader.read(file.toString(), RegularFile.read(file, XmlReader.LONGEST));
        } catch (IOException e) {
            throw new UserException(file + " cannot be read: " + FileErrors.reason(e) + ". Do it as root.", e);
        }
    }
}
