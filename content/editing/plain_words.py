"""Words that an editor may want to look at again, as data: promises, claims of ease, blame, medical words. English."""

import re

# Said of a treatment, these promise what no honest clinic can (medical-facts.md).
PROMISES = (
    *(r"cures?", r"cured", r"curing", r"guarantee\w*", r"(?<!may )(?<!can )always", r"never fails?"),
    *(r"100 ?(?:%|percent|per cent)", r"proven", r"painless(?:ly)?", r"pain-free", r"risk-free", r"miracle\w*"),
    *(r"no (?:risks?|side effects?)", r"safe for (?:all|everyone|everybody)", r"works for (?:all|everyone|everybody)"),
    r"(?:completely|totally|perfectly|absolutely|entirely|very|100 ?%) safe",
    *(
        r"breakthrough\w*",
        r"revolutionary",
        r"permanent(?:ly)? (?:relie\w+|fix\w*|results?)",
        r"instant(?:ly)? relie\w+",
    ),
    *(r"the best (?:treatment|therapy|exercise|results?)", r"state-of-the-art", r"only treatment that works"),
    *(r"will (?:heal|fix|cure|remove|eliminate)", r"everyone recovers"),
)
# What is easy for the writer is hard for somebody in pain, who then feels to blame.
EASE = (
    *(
        r"easy (?:to|way|steps?|fix|solution|exercises?)",
        r"(?:is|it['’]s|are) (?:very |so )?easy",
        r"simply",
        r"obviously",
    ),
    *(r"easily (?:done|treated|fixed|cured|managed|healed)", r"of course", r"effortless(?:ly)?", r"in no time"),
    *(r"quick fix", r"just relax"),
    *(r"nothing to worry about", r"don['’]t worry", r"do not worry"),
)
# Blames the reader, or frightens with a picture of a broken body.
BLAME = (
    *(r"non-?complian\w+", r"complain(?:s|ed|ing)? of", r"suffer(?:s|ing|ed)? from", r"sufferers?", r"victims?"),
    *(r"failed (?:conservative|physical|medical|treatment|therapy)", r"patients? (?:who )?fail(?:s|ed)?", r"lazy"),
    *(r"wear and tear", r"bone on bone", r"crumbling", r"worn[- ]out (?:spine|discs?|joints?)", r"abnormal"),
    *(r"your fault", r"bad posture", r"ruined"),
)
# What turns a promise into its opposite when it stands a few words before it.
NEGATIONS = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|no one|neither|nor|without|cannot|can't|rarely|hardly|few|little|less|"
    r"isn['’]t|aren['’]t|doesn['’]t|don['’]t|won['’]t|almost|nearly|rather than|instead of|claims?|promises?|"
    r"if|whether|beware)\b",
    re.IGNORECASE,
)
# Words from letters and scan reports. Those of the live glossary open where they stand; the others need a plain word.
MEDICAL = (
    *("acute", "adjuvant", "analgesic", "analgesia", "anesthesia", "ankylosing spondylitis", "annulus"),
    *("anterior", "anterolisthesis", "arachnoiditis", "arthrodesis", "arthropathy", "articular", "atrophy"),
    *("axial", "bilateral", "biomechanical", "cauda equina", "central sensitization", "cervical"),
    *("cervicogenic", "chronic", "claudication", "comorbidity", "conservative treatment", "contraindication"),
    *("contralateral", "contusion", "costovertebral", "debridement", "decompression", "degenerative"),
    *("dermatome", "differential diagnosis", "discectomy", "discogenic", "distal", "dorsal", "dysesthesia"),
    *("dysfunction", "edema", "effusion", "electromyography", "EMG", "epidural", "etiology", "extension"),
    *("extrusion", "facet joint", "fascia", "flexion", "foramen", "foraminal", "foraminotomy", "fusion"),
    *("gabapentinoid", "hematoma", "herniation", "hyperalgesia", "hyperextension", "hypertrophy", "idiopathic"),
    *("impingement", "incontinence", "inflammation", "inflammatory", "innervation", "instability"),
    *("interlaminar", "intervertebral", "intradiscal", "intramuscular", "intrathecal", "ipsilateral"),
    *("ischemia", "isometric", "kinesiophobia", "kyphosis", "laminectomy", "laminotomy", "lateral", "lesion"),
    *("ligamentum flavum", "lordosis", "lumbar", "lumbosacral", "malignancy", "metastasis", "metastatic"),
    *("microdiscectomy", "modality", "morbidity", "motor control", "myelopathy", "myofascial", "neuralgia"),
    *("neurogenic", "neuropathic", "neuropathy", "nociceptive", "nociplastic", "NSAID", "NSAIDs"),
    *("nucleus pulposus", "ossification", "osteophyte", "osteoporosis", "palpation", "paraspinal", "paresis"),
    *("paresthesia", "pars defect", "pathology", "percutaneous", "peripheral", "posterior", "prognosis"),
    *("prolapse", "prone", "prophylaxis", "proprioception", "protrusion", "proximal", "radicular"),
    *("radiculopathy", "radiofrequency ablation", "range of motion", "refractory", "retrolisthesis"),
    *("sacroiliac", "sagittal", "sclerosis", "scoliosis", "sequela", "sequestration", "spondylitis"),
    *("spondylolisthesis", "spondylolysis", "spondylosis", "stenosis", "subluxation", "supine", "symptomatic"),
    *("synovial", "tendinopathy", "thecal sac", "thoracic", "thrombosis", "transforaminal", "unilateral"),
    *("vertebra", "vertebrae", "vertebral", "vertebroplasty"),
)


def words_pattern(forms):
    """One pattern for whole words of any of these forms, capitals aside."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(forms)})(?![\w-])", re.IGNORECASE)


PROMISE_WORDS = words_pattern(PROMISES)
EASE_WORDS = words_pattern(EASE)
BLAME_WORDS = words_pattern(BLAME)
MEDICAL_WORDS = words_pattern(sorted((re.escape(word) for word in MEDICAL), key=len, reverse=True))
