package io.twinport.control.plan;

import java.util.List;

/**
 * A key with what it is set to.
 *
 * @param values one, or those of a list
 * @param isList whether they were written as one
 * @param place of the key
 */
public record Setting(String key, List<String> values, boolean isList, Place place) {}
