/**
 * The commands: they parse and check what the user gave, run the work and print.
 *
 * <p>Thread: control. Uses: {@code control}, {@code doctor}, {@code history}, {@code host}, {@code host.agent}, {@code host.hook}, {@code
 * host.migrate}, {@code host.probe}, {@code host.teaming}, {@code host.xml}, {@code hotplug}, {@code lab}, {@code metrics}, {@code pcap}, {@code
 * plan}, {@code run}, {@code service}, {@code socket}, {@code top}.
 */
@NullMarked
package io.twinport.control.cli;

import org.jspecify.annotations.NullMarked;
