/// What records of FHIR R4 have in common, for Zstandard to refer to instead of repeating it: names of elements in the order in
/// which most programs write them, code systems and profiles, and no value of anybody's.
///
/// Records on disk need it to be opened: it never changes. A better one gets a number and a format byte of its own.
enum CompressionDictionary {
    /// The first: content without a header of its own (RFC 8878, section 5, "raw content"), ASCII, what is most frequent last.
    static let first: StaticString = ##"""
        {"resourceType":"Device","udiCarrier":[{"deviceIdentifier":"","carrierHRF":""}],"manufactureDate":"",\##
        "expirationDate":"","lotNumber":"","serialNumber":"","deviceName":[{"name":"","type":"user-friendly-name"}],\##
        "patient":{"reference":"Patient/{"resourceType":"CareTeam","status":"active","subject":{\##
        "reference":"Patient/"},"encounter":{"reference":"Encounter/"},"period":{"start":""},"participant":[{\##
        "role":[{"coding":[{"system":"http://snomed.info/sct","code":"","display":""}],"text":""}],"member":{\##
        "reference":"Practitioner/","display":""}}],"managingOrganization":[{"reference":"Organization/{\##
        "resourceType":"CarePlan","status":"active","intent":"order","category":[{"coding":[{\##
        "system":"http://hl7.org/fhir/us/core/CodeSystem/careplan-category","code":"assess-plan"}]}],"careTeam":[{\##
        "reference":"CareTeam/"}],"addresses":[{"reference":"Condition/"}],"activity":[{"detail":{"code":{\##
        "coding":[{"system":"http://snomed.info/sct"}]},"status":"in-progress","location":{"display":""}}}]{\##
        "resourceType":"Organization","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":""}],\##
        "active":true,"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type",\##
        "code":"prov","display":"Healthcare Provider"}],"text":"Healthcare Provider"}],"name":"","telecom":[{\##
        "system":"phone","value":""}],"address":[{"line":[""],"city":"","state":"","postalCode":"","country":"US"}]{\##
        "resourceType":"Practitioner","identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":""}],\##
        "active":true,"name":[{"family":"","given":[""],"prefix":["Dr."]}],"telecom":[{"system":"email","value":"",\##
        "use":"work"}],"gender":"female","qualification":[{"code":{"resourceType":"Coverage","status":"active",\##
        "type":{"text":""},"subscriber":{"reference":"Patient/"},"beneficiary":{"reference":"Patient/"},\##
        "relationship":{"coding":[{"code":"self"}]},"period":{"start":"","end":""},"payor":[{"display":""}]{\##
        "resourceType":"ServiceRequest","status":"completed","intent":"order","priority":"routine","code":{\##
        "coding":[{"system":"http://snomed.info/sct","code":"","display":""}]},"authoredOn":"","requester":{\##
        "reference":"Practitioner/"},"reasonReference":[{"reference":"Condition/{"resourceType":"Goal",\##
        "lifecycleStatus":"active","achievementStatus":{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/goal-achievement","code":"in-progress"}]},"description":{\##
        "text":""},"target":[{"measure":{"coding":[{"resourceType":"ImagingStudy","started":"","numberOfSeries":1,\##
        "numberOfInstances":1,"series":[{"uid":"","number":1,"modality":{\##
        "system":"http://dicom.nema.org/resources/ontology/DCM","code":"DX"},"bodySite":{\##
        "system":"http://snomed.info/sct"},"instance":[{"uid":"","sopClass":{"system":"urn:ietf:rfc:3986",\##
        "code":"urn:oid:"}{"resourceType":"QuestionnaireResponse","questionnaire":"","status":"completed",\##
        "authored":"","source":{"reference":"Patient/"},"item":[{"linkId":"","text":"","answer":[{"valueCoding":{\##
        "system":"http://loinc.org","code":"","display":""}{"resourceType":"Task","status":"requested",\##
        "intent":"order","for":{"reference":"Patient/"},"authoredOn":"","lastModified":"","owner":{"reference":"{\##
        "resourceType":"Appointment","status":"booked","start":"","end":"","participant":[{"actor":{\##
        "reference":"Patient/"},"required":"required","status":"accepted"}]{"resourceType":"AllergyIntolerance",\##
        "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",\##
        "code":"active"}]},"verificationStatus":{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"confirmed"}]},\##
        "type":"allergy","category":["medication"],"criticality":"low","patient":{"reference":"Patient/"},\##
        "recordedDate":"","reaction":[{"manifestation":[{"coding":[{"system":"http://snomed.info/sct"}]}],\##
        "severity":"mild"}]{"resourceType":"Provenance","target":[{"reference":""}],"recorded":"","agent":[{"type":{\##
        "coding":[{"system":"http://terminology.hl7.org/CodeSystem/provenance-participant-type","code":"author",\##
        "display":"Author"}],"text":"Author"},"who":{"reference":"Practitioner/","display":""},"onBehalfOf":{\##
        "reference":"Organization/","display":""}},{"type":{"coding":[{\##
        "system":"http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type","code":"transmitter",\##
        "display":"Transmitter"}]{"resourceType":"MedicationAdministration","status":"completed",\##
        "medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"",\##
        "display":""}],"text":""},"context":{"reference":"Encounter/"},"effectiveDateTime":"{\##
        "resourceType":"MedicationRequest","status":"active","intent":"order","category":[{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/medicationrequest-category","code":"community",\##
        "display":"Community"}],"text":"Community"}],"medicationReference":{"reference":"Medication/"},\##
        "medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"",\##
        "display":""}]},"requester":{"reference":"Practitioner/"},"dosageInstruction":[{"sequence":1,\##
        "text":"Take as needed.","timing":{"repeat":{"frequency":1,"period":1.0,"periodUnit":"d"}},\##
        "asNeededBoolean":true,"doseAndRate":[{"type":{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/dose-rate-type","code":"ordered","display":"Ordered"}]},\##
        "doseQuantity":{"value":1.0}}]}]{"resourceType":"Patient","meta":{\##
        "profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"]},"text":{"status":"generated",\##
        "div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">"},"extension":[{\##
        "url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","extension":[{"url":"ombCategory",\##
        "valueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2106-3","display":"White"}},{"url":"text",\##
        "valueString":"White"}]},{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity",\##
        "extension":[{"url":"ombCategory","valueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2186-5",\##
        "display":"Not Hispanic or Latino"}},{"url":"text","valueString":"Not Hispanic or Latino"}]},{\##
        "url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueString":""},{\##
        "url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex","valueCode":"F"},{\##
        "url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"city":"","state":"",\##
        "country":"US"}}],"identifier":[{"type":{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR","display":"Medical Record Number"}],\##
        "text":"Medical Record Number"},"system":"http://hospital.","value":""},{"type":{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"SS","display":"Social Security Number"}],\##
        "text":"Social Security Number"},"system":"http://hl7.org/fhir/sid/us-ssn","value":"999-"}],"active":true,\##
        "name":[{"use":"official","family":"","given":["",""],"prefix":["Mrs."]}],"telecom":[{"system":"phone",\##
        "value":"555-","use":"home"}],"gender":"female","birthDate":"19","deceasedDateTime":"20","address":[{\##
        "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/geolocation","extension":[{"url":"latitude",\##
        "valueDecimal":},{"url":"longitude","valueDecimal":-}]}],"line":[""],"city":"","state":"","postalCode":"",\##
        "country":"US"}],"maritalStatus":{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"Married"}],\##
        "text":"Married"},"multipleBirthBoolean":false,"contact":[{"relationship":[{"text":"mother"}]}],\##
        "communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"en-US","display":"English"}],\##
        "text":"English"}}],"generalPractitioner":[{"reference":"Practitioner/"}],"managingOrganization":{\##
        "reference":"Organization/{"resourceType":"Immunization","meta":{\##
        "profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-immunization"]},"status":"completed",\##
        "vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"","display":""}],"text":""},\##
        "patient":{"reference":"Patient/"},"encounter":{"reference":"Encounter/"},"occurrenceDateTime":"",\##
        "primarySource":true,"location":{"reference":"Location/","display":""}}{\##
        "resourceType":"ExplanationOfBenefit","contained":[{"resourceType":"ServiceRequest","id":"referral",\##
        "status":"completed","intent":"order","subject":{"reference":"Patient/"},"requester":{\##
        "reference":"Practitioner/"},"performer":[{"reference":"Practitioner/"}]},{"resourceType":"Coverage",\##
        "id":"coverage","status":"active","type":{"text":""},"beneficiary":{"reference":"Patient/"},"payor":[{\##
        "display":""}]}],"identifier":[{"system":"https://bluebutton.cms.gov/resources/variables/clm_id",\##
        "value":""},{"system":"https://bluebutton.cms.gov/resources/identifier/claim-group","value":""}],\##
        "status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type",\##
        "code":"professional"}]},"use":"claim","patient":{"reference":"Patient/"},"billablePeriod":{"start":"",\##
        "end":""},"created":"","insurer":{"display":""},"provider":{"reference":"Practitioner/"},"referral":{\##
        "reference":"#referral"},"facility":{"reference":"Location/","display":""},"claim":{"reference":"Claim/"},\##
        "outcome":"complete","careTeam":[{"sequence":1,"provider":{"reference":"Practitioner/"},"role":{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/claimcareteamrole","code":"primary",\##
        "display":"Primary Care Practitioner"}]}}],"insurance":[{"focal":true,"coverage":{"reference":"#coverage",\##
        "display":""}}],"item":[{"sequence":1,"category":{"coding":[{\##
        "system":"https://bluebutton.cms.gov/resources/variables/line_cms_type_srvc_cd","code":"1",\##
        "display":"Medical care"}]},"productOrService":{"coding":[{"system":"http://snomed.info/sct","code":"",\##
        "display":""}],"text":""},"servicedPeriod":{"start":"","end":""},"locationCodeableConcept":{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/ex-serviceplace","code":"21",\##
        "display":"Inpatient Hospital"}]},"encounter":[{"reference":"Encounter/"}],"net":{"value":,\##
        "currency":"USD"},"adjudication":[{"category":{"coding":[{\##
        "system":"https://bluebutton.cms.gov/resources/codesystem/adjudication",\##
        "code":"https://bluebutton.cms.gov/resources/variables/line_coinsrnc_amt",\##
        "display":"Line Beneficiary Coinsurance Amount"}]},"amount":{"value":,"currency":"USD"}}]}],"total":[{\##
        "category":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/adjudication","code":"submitted",\##
        "display":"Submitted Amount"}],"text":"Submitted Amount"},"amount":{"value":129.16,"currency":"USD"}}],\##
        "payment":{"amount":{"value":0.0,"currency":"USD"}}{"resourceType":"Claim","status":"active","type":{\##
        "coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},\##
        "use":"claim","patient":{"reference":"Patient/","display":""},"billablePeriod":{"start":"","end":""},\##
        "created":"","provider":{"reference":"Organization/","display":""},"priority":{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/processpriority","code":"normal"}]},"facility":{\##
        "reference":"Location/","display":""},"diagnosis":[{"sequence":1,"diagnosisReference":{\##
        "reference":"Condition/"}}],"insurance":[{"sequence":1,"focal":true,"coverage":{"display":""}}],"item":[{\##
        "sequence":1,"diagnosisSequence":[1],"productOrService":{"coding":[{"system":"http://snomed.info/sct",\##
        "code":"","display":""}],"text":""},"encounter":[{"reference":"Encounter/"}]}],"total":{"value":,\##
        "currency":"USD"}{"resourceType":"DocumentReference","meta":{\##
        "profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-documentreference"]},"identifier":[{\##
        "system":"urn:ietf:rfc:3986","value":"urn:uuid:"}],"status":"current","type":{"coding":[{\##
        "system":"http://loinc.org","code":"","display":""}]},"category":[{"coding":[{\##
        "system":"http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category","code":"clinical-note",\##
        "display":"Clinical Note"}]}],"subject":{"reference":"Patient/"},"date":"","author":[{\##
        "reference":"Practitioner/","display":"Dr. "}],"custodian":{"reference":"Organization/","display":""},\##
        "content":[{"attachment":{"contentType":"text/plain; charset=utf-8","data":""},"format":{\##
        "system":"http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem",\##
        "code":"urn:ihe:iti:xds:2017:mimeTypeSufficient","display":"mimeType Sufficient"}}],"context":{\##
        "encounter":[{"reference":"Encounter/"}],"period":{"start":"","end":""}}}{"resourceType":"DiagnosticReport",\##
        "meta":{"profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-diagnosticreport-lab",\##
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-diagnosticreport-note"]},"status":"final",\##
        "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":"LAB",\##
        "display":"Laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"","display":""}],\##
        "text":""},"subject":{"reference":"Patient/"},"encounter":{"reference":"Encounter/"},"effectiveDateTime":"",\##
        "issued":"","performer":[{"reference":"Organization/","display":""}],"result":[{"reference":"Observation/",\##
        "display":""}],"presentedForm":[{"contentType":"text/plain; charset=utf-8","data":"{\##
        "resourceType":"Procedure","meta":{\##
        "profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-procedure"]},"status":"completed",\##
        "code":{"coding":[{"system":"http://snomed.info/sct","code":"","display":""}],"text":""},"subject":{\##
        "reference":"Patient/"},"encounter":{"reference":"Encounter/"},"performedPeriod":{"start":"","end":""},\##
        "location":{"reference":"Location/"},"reasonReference":[{"reference":"Condition/{"resourceType":"Condition",\##
        "meta":{\##
        "profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-condition-encounter-diagnosis"]},\##
        "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical",\##
        "code":"resolved"}]},"verificationStatus":{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]},"category":[{\##
        "coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":"encounter-diagnosis",\##
        "display":"Encounter Diagnosis"}]}],"code":{"coding":[{"system":"http://snomed.info/sct","code":"",\##
        "display":""},{"system":"http://hl7.org/fhir/sid/icd-10-cm","code":""}],"text":""},"subject":{\##
        "reference":"Patient/"},"encounter":{"reference":"Encounter/"},"onsetDateTime":"","abatementDateTime":"",\##
        "recordedDate":"","recorder":{"reference":"Practitioner/"},"note":[{"text":"{"resourceType":"Encounter",\##
        "meta":{"profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-encounter"]},"identifier":[{\##
        "use":"official","system":"","value":""}],"status":"finished","class":{\##
        "system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"type":[{"coding":[{\##
        "system":"http://snomed.info/sct","code":"","display":""}],"text":""}],"subject":{"reference":"Patient/",\##
        "display":""},"participant":[{"type":[{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"PPRF",\##
        "display":"primary performer"}],"text":"primary performer"}],"period":{"start":"","end":""},"individual":{\##
        "reference":"Practitioner/","display":"Dr. "}}],"period":{"start":"","end":""},"reasonCode":[{"coding":[{\##
        "system":"http://snomed.info/sct","code":"","display":""}]}],"location":[{"location":{\##
        "reference":"Location/","display":""}}],"serviceProvider":{"reference":"Organization/","display":""}{\##
        "resourceType":"Observation","id":"","meta":{"versionId":"1","lastUpdated":"202","source":"","security":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"HTEST","display":"test health data"}],\##
        "profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-blood-pressure",\##
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-smokingstatus",\##
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab",\##
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-vital-signs",\##
        "http://hl7.org/fhir/StructureDefinition/bodyheight"]},"text":{"status":"generated",\##
        "div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">"},"identifier":[{"system":"","value":""}],\##
        "status":"final","category":[{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"survey",\##
        "display":"Survey"}]}],"category":[{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory",\##
        "display":"Laboratory"}]}],"category":[{"coding":[{\##
        "system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs",\##
        "display":"Vital Signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"","display":""}],\##
        "text":""},"subject":{"reference":"Patient/"},"encounter":{"reference":"Encounter/"},\##
        "effectiveDateTime":"20","issued":"20","performer":[{"reference":"Practitioner/","display":""}],\##
        "interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",\##
        "code":"N"}]}],"referenceRange":[{"low":{"value":},"high":{"value":}}],"note":[{"text":""}],"component":[{\##
        "code":{"coding":[{"system":"http://loinc.org","code":"8462-4","display":""}],"text":""},"valueQuantity":{\##
        "value":,"unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},{"code":{"coding":[{\##
        "system":"http://loinc.org","code":"8480-6","display":""}],"text":""},"valueQuantity":{"value":,\##
        "unit":"mm[Hg]","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}],"valueCodeableConcept":{"coding":[{\##
        "system":"http://snomed.info/sct","code":"","display":""}],"text":""}}"valueQuantity":{"value":,\##
        "unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"}}
        """##
}
