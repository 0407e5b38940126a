package io.twinport.control.doctor;

import java.util.List;

/** Looks at one subject. Whatever it cannot read it takes for not there: a check never fails. */
interface Check {
    List<Finding> findings(Host host);
}
