package io.twinport.control.plan;

import java.util.List;

/**
 * Settings that belong together.
 *
 * @param name of the port; empty for the settings of the process
 * @param place where it begins
 */
public record Section(String name, List<Setting> settings, Place place) {}
