"""What the annotated case report form says beside the forms and their annotations.

Names of domains as in the SDTM Implementation Guide 3.4 and, for Cell Phenotyping and Biospecimen Events, the
SDTM model 2.0.
"""

MESSAGES: dict[str, tuple[str, str]] = {
    "title": ("Annotated case report form", "注释病例报告表"),
    "contents": ("Contents", "目录"),
    "by_visit": ("By visit", "按访视"),
    "by_form": ("By form", "按表单"),
    "running": ("Running records", "持续记录"),
    "about": (
        "Each form stands here once, also when it is filled in at several visits. Annotations name SDTM data sets and variables; the colour tells the data set, in the order in which the data sets appear on the form. A dashed frame stands for what is not submitted, grey for what concerns several data sets.",
        "每张表单只出现一次，多次访视使用的表单也是如此。注释给出 SDTM 数据集和变量；颜色表示数据集，按其在表单中出现的先后排列。虚线框表示不提交的内容，灰色表示涉及多个数据集。",
    ),
    "version": (
        "Definition {version}, {hash}; annotations for SDTMIG 3.4",
        "定义版本 {version}，{hash}；注释依据 SDTMIG 3.4",
    ),
    "head_fields": (
        "Head of the page: SUBJID, SITEID in DM; VISIT, VISITNUM in every data set of a visit",
        "页眉：DM 中的 SUBJID、SITEID；各访视数据集中的 VISIT、VISITNUM",
    ),
    "domain_line": ("{code} ({name})", "{code}（{name}）"),
    "domain_AE": ("Adverse Events", "不良事件"),
    "domain_BE": ("Biospecimen Events", "生物样本事件"),
    "domain_BS": ("Biospecimen Findings", "生物样本检查结果"),
    "domain_CE": ("Clinical Events", "临床事件"),
    "domain_CM": ("Concomitant Medications", "合并用药"),
    "domain_CO": ("Comments", "备注"),
    "domain_CP": ("Cell Phenotype Findings", "细胞表型检查"),
    "domain_DA": ("Product Accountability", "试验药物清点"),
    "domain_DD": ("Death Details", "死亡详情"),
    "domain_DM": ("Demographics", "人口学资料"),
    "domain_DS": ("Disposition", "研究进程"),
    "domain_DV": ("Protocol Deviations", "方案偏离"),
    "domain_EC": ("Exposure as Collected", "采集的用药暴露"),
    "domain_EG": ("ECG Test Results", "心电图检查"),
    "domain_FA": ("Findings About Events or Interventions", "事件或干预相关发现"),
    "domain_HO": ("Healthcare Encounters", "就医情况"),
    "domain_IE": ("Inclusion/Exclusion Criteria Not Met", "未符合的入选/排除标准"),
    "domain_IS": ("Immunogenicity Specimen Assessments", "免疫学样本评估"),
    "domain_LB": ("Laboratory Test Results", "实验室检查"),
    "domain_MB": ("Microbiology Specimen", "微生物样本"),
    "domain_MH": ("Medical History", "病史"),
    "domain_MK": ("Musculoskeletal System Findings", "肌肉骨骼系统检查"),
    "domain_PE": ("Physical Examination", "体格检查"),
    "domain_PR": ("Procedures", "操作与检查"),
    "domain_QS": ("Questionnaires", "问卷"),
    "domain_RE": ("Respiratory System Findings", "呼吸系统检查"),
    "domain_RP": ("Reproductive System Findings", "生殖系统检查"),
    "domain_RS": ("Disease Response and Clin Classification", "疾病反应与临床分级"),
    "domain_SS": ("Subject Status", "参与者状态"),
    "domain_SU": ("Substance Use", "物质使用"),
    "domain_SV": ("Subject Visits", "参与者访视"),
    "domain_VS": ("Vital Signs", "生命体征"),
}
