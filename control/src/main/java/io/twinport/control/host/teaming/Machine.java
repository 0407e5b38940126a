package io.twinport.control.host.teaming;

import io.twinport.control.host.xml.XmlElement;
import java.util.Locale;
import java.util.Optional;

/**
 * What kind of machine a guest has.
 *
 * @param type as it is written; empty where it is not
 * @param arch likewise
 */
record Machine(String type, String arch) {
    /** Architectures for which libvirt takes that machine where none is given. */
    private static final String OF_VIRT = "aarch64|riscv(32|64)|loongarch64";

    static Machine of(XmlElement domain) {
        Optional<XmlElement> os = domain.at("os/type");
        return new Machine(
                os.flatMap(each -> each.attribute("machine")).orElse("").toLowerCase(Locale.ROOT),
                os.flatMap(each -> each.attribute("arch")).orElse("").toLowerCase(Locale.ROOT));
    }

    /** By its architecture or by its type. */
    boolean isX86() {
        return arch.isEmpty() ? isQ35() || isOfOldPc() : arch.matches("x86_64|i[3-6]86");
    }

    boolean isQ35() {
        return type.matches("(.*-)?q35(-.*)?");
    }

    /** The i440FX: libvirt's choice for x86 where none is made. */
    private boolean isOfOldPc() {
        return type.matches("pc|pc-\\d.*|pc-i440fx.*|ubuntu|isapc|xenfv.*|xenpv|microvm");
    }

    boolean isVirt() {
        return type.matches("virt(-.*)?|sbsa-ref") || type.isEmpty() && arch.matches(OF_VIRT);
    }

    boolean hasPciExpress() {
        return isQ35() || isVirt();
    }

    boolean hasNoPciExpress() {
        return isOfOldPc()
                || type.matches("pseries.*|s390.*|g3beige|mac99.*|ppce500|malta.*|.*-pc-i440fx.*")
                || type.isEmpty() && isX86()
                || arch.startsWith("s390")
                || arch.startsWith("ppc");
    }

    /** Whether libvirt chooses virtio for an interface without a model: for machines that know no older one. */
    boolean choosesVirtio() {
        return isVirt() || arch.startsWith("s390") || arch.matches(OF_VIRT);
    }
}
