/**
 * XML that others have written: libvirt's documents. {@code XmlReader} checks it, refuses what could cost more than it is worth
 * (document types, entities, sizes without bound), and makes a small tree of which each element knows where it stands, so that a
 * finding can say {@code file:line:column} and an {@code XmlEdit} can mend a copy without touching the rest of it.
 *
 * <p>Thread: control. Uses: {@code control}.
 */
@NullMarked
package io.twinport.control.host.xml;

import org.jspecify.annotations.NullMarked;
