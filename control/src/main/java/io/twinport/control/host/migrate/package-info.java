/**
 * A live migration of a guest whose primary is taken out before and put back after. A {@code Plan} is data: {@code Step}s, each a
 * {@code Setting} of a host with the value that it has and the one that it gets. {@code Runner} carries them out, keeps a
 * {@code MigrationJournal} from which another process can go on or go back, and undoes or finishes by what both hosts show then.
 * {@code Hosts} is what it acts on; {@code VirshHosts} are two with libvirt, {@code ip} and {@code bridge}.
 *
 * <p>Nothing here starts or resumes a guest: whoever runs it is libvirt's business, and where a host cannot be asked nothing is
 * touched.
 *
 * <p>Thread: control. Uses: {@code control}, {@code host}, {@code host.teaming}, {@code host.xml}, {@code program}.
 */
@NullMarked
package io.twinport.control.host.migrate;

import org.jspecify.annotations.NullMarked;
