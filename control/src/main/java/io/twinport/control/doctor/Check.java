package io.twinport.control.doctor;

import java.util.List;

/** Looks at one subject. Whatever it cannot read it takes for not there; whoever cannot be asked it names. */
interface Check {
    /** What its findings are about, in a word or two. */
    String subject();

    List<Finding> findings(Host host);
}
