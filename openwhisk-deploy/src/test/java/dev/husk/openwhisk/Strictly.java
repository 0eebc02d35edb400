package dev.husk.openwhisk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.google.gson.GsonBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import java.util.Map;

/**
 * Reads Kubernetes objects by the schema of the client's model, which is generated from Kubernetes' own: a field that the
 * model lacks, or a value of another type, fails. The client itself takes both.
 */
final class Strictly {
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .setAnnotationIntrospector(new NoOtherFields());

    private Strictly() {}

    /** @throws JsonProcessingException that names the field */
    static HasMetadata read(Map<?, ?> document) throws JsonProcessingException {
        var json = new GsonBuilder().serializeNulls().create().toJson(document);
        return (HasMetadata) MAPPER.readValue(json, KubernetesResource.class);
    }

    /** The model keeps what it does not know in a map; without that map it is an error. */
    private static final class NoOtherFields extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }

        @Override
        public Boolean hasAnyGetter(Annotated annotated) {
            return false;
        }
    }
}
