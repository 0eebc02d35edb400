package dev.husk.local.whisk;

import java.io.IOException;
import java.util.List;

/** Answers the requests below one path. */
@FunctionalInterface
interface Resource {

    /** @param rest the path's segments after the collection's name */
    Answer answer(Call call, List<String> rest) throws Refused, IOException, InterruptedException;
}
