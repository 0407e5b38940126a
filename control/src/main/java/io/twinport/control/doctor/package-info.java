/**
 * {@code twinport doctor}: looks at everything that can be wrong with a machine, and changes nothing. A {@code Check}
 * for each subject reads the {@code Host}'s files, asks its {@code Programs} and tells {@code Finding}s, each with what
 * to do; {@code Doctor} has them all, and one that fails does not end the others.
 *
 * <p>What a {@code Candidate} of a port is can be seen here; what a service does with its interfaces only the service
 * itself knows. It is asked with its own tool, and where it cannot be asked that is what is said: no file of its is
 * interpreted in its place.
 *
 * <p>Thread: control. Uses: {@code control}, {@code hotplug}, {@code plan}, {@code program}.
 */
@NullMarked
package io.twinport.control.doctor;

import org.jspecify.annotations.NullMarked;
