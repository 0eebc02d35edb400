package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.local.whisk.Activation.Status;
import dev.husk.local.whisk.EntityPath.Kind;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** {@code /namespaces/_/triggers}: triggers; firing one invokes the actions of its active rules. */
final class Triggers implements Resource {
    private final Entities entities;
    private final Dispatcher dispatcher;
    private final Activations activations;
    private final Clock clock;

    Triggers(Entities entities, Dispatcher dispatcher, Activations activations, Clock clock) {
        this.entities = entities;
        this.dispatcher = dispatcher;
        this.activations = activations;
        this.clock = clock;
    }

    @Override
    public Answer answer(Call call, List<String> rest) throws Refused, IOException {
        if (rest.isEmpty() || rest.equals(List.of(""))) {
            return call.list(Kind.TRIGGERS, entities.list(Kind.TRIGGERS, ""), Entity::summary);
        }
        if (rest.size() > 1) {
            throw Refused.missing();
        }
        var path = EntityPath.of(Kind.TRIGGERS, "", rest.get(0));
        return switch (call.method()) {
            case "GET" -> Answer.json(200, shown(entities.get(path)));
            case "PUT" -> put(call, path);
            case "POST" -> fire(call, entities.get(path));
            case "DELETE" -> Answer.json(200, shown(entities.remove(path)));
            default -> throw Refused.method("GET, PUT, POST, DELETE");
        };
    }

    private JsonObject shown(Entity trigger) {
        var rules = new JsonObject();
        for (var rule : rulesOf(trigger)) {
            var row = new JsonObject();
            row.add("action", rule.details().get("action"));
            row.add("status", rule.details().get("status"));
            rules.add(rule.path().qualified(), row);
        }
        var json = trigger.toJson();
        json.add("limits", new JsonObject());
        json.add("rules", rules);
        return json;
    }

    private List<Entity> rulesOf(Entity trigger) {
        return entities.list(Kind.RULES, "").stream()
                .filter(rule -> Rules.reference(rule, "trigger").equals(trigger.path()))
                .toList();
    }

    private Answer put(Call call, EntityPath path) throws Refused, IOException {
        var content = call.jsonObject();
        var after = entities.change(path, before -> {
            call.mayReplace(before);
            return Edit.of(content, before).at(path, new JsonObject(), clock);
        });
        return Answer.json(200, shown(after));
    }

    private Answer fire(Call call, Entity trigger) throws Refused {
        var payload = trigger.parameters().values();
        call.jsonObject().entrySet().forEach(member -> payload.add(member.getKey(), member.getValue()));
        var rules = rulesOf(trigger).stream().filter(Rules::isActive).toList();
        if (rules.isEmpty()) {
            return Answer.empty(204);
        }
        var id = Dispatcher.newId();
        long now = clock.millis();
        var logs = new ArrayList<String>();
        for (var rule : rules) {
            logs.add(fired(rule, payload, id, call.transaction()).toString());
        }
        activations.add(new Activation(
                id, trigger.path(), trigger.version(), now, now, Status.SUCCESS, payload, logs, new JsonArray(), ""));
        return Calls.accepted(id).with("x-openwhisk-activation-id", id);
    }

    private JsonObject fired(Entity rule, JsonObject payload, String id, String transaction) {
        var action = Rules.reference(rule, "action");
        var line = new JsonObject();
        line.addProperty("rule", rule.path().qualified());
        line.addProperty("action", action.qualified());
        try {
            var callee = Callee.find(entities, action);
            callee.checkOverrides(payload.keySet());
            var running = dispatcher.start(callee, payload.deepCopy(), id, transaction);
            line.addProperty("statusCode", 0);
            line.addProperty("success", true);
            line.addProperty("activationId", running.id());
        } catch (Refused e) {
            line.addProperty("statusCode", 1);
            line.addProperty("success", false);
            line.addProperty("error", e.text());
        }
        return line;
    }
}
