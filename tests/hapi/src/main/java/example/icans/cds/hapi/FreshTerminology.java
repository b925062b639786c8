package example.icans.cds.hapi;

import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * Lets the validator use a CodeSystem or ValueSet as soon as it was stored.
 *
 * <p>HAPI forgets its cached answers when a StructureDefinition is written, but "unknown code
 * system" stays for ten minutes: what one test had validated would decide the result of the next.
 */
@Interceptor
public class FreshTerminology {
  private static final Set<String> TERMINOLOGY = Set.of("CodeSystem", "ValueSet");
  private final IValidationSupport validation;

  FreshTerminology(IValidationSupport validation) {
    this.validation = validation;
  }

  @Hook(Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED)
  public void created(IBaseResource resource) {
    forgetAnswers(resource);
  }

  @Hook(Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED)
  public void updated(IBaseResource resource) {
    forgetAnswers(resource);
  }

  private void forgetAnswers(IBaseResource resource) {
    if (TERMINOLOGY.contains(resource.fhirType())) {
      validation.invalidateCaches();
    }
  }
}
