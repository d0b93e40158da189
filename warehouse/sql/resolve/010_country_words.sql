-- Words that name a country: ISO 3166 codes, its name, other names, demonyms (seeds/lexicons/en/demonyms.csv). Words of two
-- countries are left out. A test keeps it in step with the lexicon. One text, not 250 rows: those take 20 ms to parse.
-- Kept for the connection.
CREATE TEMP TABLE IF NOT EXISTS resolve_country_word AS
SELECT field[1] AS iso2, field[2] AS iso3, unnest(string_split(field[3], '|')) AS word
FROM (
    SELECT string_split(unnest(string_split('
AD:AND:ad|and|andorra|andorran|andorrans
AE:ARE:abu dhabi|ae|are|dubai|emirati|emiratis|the emirates|u.a.e.|uae|united arab emirates
AF:AFG:af|afg|afghan|afghani|afghanistan|afghans|islamic emirate of afghanistan|islamic republic of afghanistan
AG:ATG:ag|antigua|antigua and barbuda|antiguan|antiguans|atg
AI:AIA:ai|aia
AL:ALB:al|alb|albania|albanian|albanians
AM:ARM:am|arm|armenia|armenian|armenians
AN:ANT:an|ant
AO:AGO:ago|angola|angolan|angolans|ao|cabinda
AQ:ATA:aq|ata
AR:ARG:ar|arg|argentina|argentine|argentinean|argentines|argentinian|argentinians
AS:ASM:as|asm
AT:AUT:at|austria|austrian|austrians|aut
AU:AUS:au|aus|aussie|australia|australian|australians
AW:ABW:abw|aw
AX:ALA:ala|ax
AZ:AZE:artsakh|az|aze|azerbaijan|azerbaijani|azerbaijanis|azeri|azeris|karabakh|nagorno-karabakh|nakhchivan
BA:BIH:ba|bih|bosnia|bosnia and herzegovina|bosnia-herzegovina|bosniak|bosniaks|bosnian|bosnians|herzegovinian|republika srpska
BB:BRB:bajan|barbadian|barbadians|barbados|bb|brb
BD:BGD:bangladesh|bangladeshi|bangladeshis|bd|bgd|east pakistan
BE:BEL:be|bel|belgian|belgians|belgium
BF:BFA:bf|bfa|burkina|burkina faso|burkinabe|burkinabè|burkinabé|upper volta
BG:BGR:bg|bgr|bulgaria|bulgarian|bulgarians
BH:BHR:bahrain|bahraini|bahrainis|bh|bhr
BI:BDI:bdi|bi|burundi|burundian|burundians
BJ:BEN:ben|benin|beninese|beninois|bj|dahomey
BL:BLM:bl|blm
BM:BMU:bermuda|bermudian|bm|bmu
BN:BRN:bn|brn|brunei|brunei darussalam|bruneian|bruneians
BO:BOL:bo|bol|bolivia|bolivian|bolivians|plurinational state of bolivia
BQ:BES:bes|bq
BR:BRA:br|bra|brasil|brazil|brazilian|brazilians
BS:BHS:bahamas|bahamian|bahamians|bhs|bs|the bahamas
BT:BTN:bhutan|bhutanese|bt|btn
BV:BVT:bv|bvt
BW:BWA:batswana|botswana|botswanan|bw|bwa|motswana
BY:BLR:belarus|belarusian|belarusians|belarussian|belorussia|blr|by|byelorussia
BZ:BLZ:belize|belizean|belizeans|blz|bz
CA:CAN:ca|can|canada|canadian|canadians
CC:CCK:cc|cck
CD:COD:cd|cod|congo (kinshasa)|congo-kinshasa|congolese (drc)|d.r. congo|democratic republic of congo|democratic republic of the congo|dr congo|drc|eastern congo|rdc|zaire|zairean|zairian
CF:CAF:caf|car|centrafrique|central african|central african republic|central africans|cf|the c.a.r.
CG:COG:cg|cog|congo (brazzaville)|congo republic|congo-brazzaville|republic of the congo
CH:CHE:ch|che|swiss|switzerland
CI:CIV:ci|civ|cote d''ivoire|côte d''ivoire|ivoirian|ivorian|ivorians|ivory coast
CK:COK:ck|cok
CL:CHL:chile|chilean|chileans|chl|cl
CM:CMR:ambazonia|cameroon|cameroonian|cameroonians|cameroun|cm|cmr|southern cameroons
CN:CHN:china|chinese|chn|cn|mainland china|people''s republic of china|prc|tibet|xinjiang
CO:COL:co|col|colombia|colombian|colombians
CR:CRI:costa rica|costa rican|costa ricans|cr|cri
CS:SCG:cs|scg
CU:CUB:cu|cub|cuba|cuban|cubans
CV:CPV:cabo verde|cabo verdean|cape verde|cape verdean|cape verdeans|cpv|cv
CW:CUW:cuw|cw
CX:CXR:cx|cxr
CY:CYP:cy|cyp|cypriot|cypriots|cyprus|greek cypriot|northern cyprus|trnc|turkish cypriot
CZ:CZE:cz|cze|czech|czech republic|czechia|czechs
DE:DEU:de|deu|east germany|federal republic of germany|german|germans|germany|west germany
DJ:DJI:dj|dji|djibouti|djiboutian|djiboutians
DK:DNK:dane|danes|danish|denmark|dk|dnk
DM:DMA:dm|dma|dominica|dominican (dominica)
DO:DOM:do|dom|dominican|dominican republic|dominicans
DZ:DZA:algeria|algerian|algerians|dz|dza
EC:ECU:ec|ecu|ecuador|ecuadorean|ecuadorian|ecuadorians
EE:EST:ee|est|estonia|estonian|estonians
EG:EGY:eg|egy|egypt|egyptian|egyptians|north sinai|sinai
EH:ESH:eh|esh|sadr|saharawi|sahrawi|sahrawi arab democratic republic|sahrawis|spanish sahara|western sahara
ER:ERI:er|eri|eritrea|eritrean|eritreans
ES:ESP:es|esp|spain|spaniard|spaniards|spanish
ET:ETH:amhara region|et|eth|ethiopia|ethiopian|ethiopians|oromia|tigray
FI:FIN:fi|fin|finland|finn|finnish|finns
FJ:FJI:fiji|fijian|fijians|fj|fji
FK:FLK:fk|flk
FM:FSM:federated states of micronesia|fm|fsm|micronesia|micronesian
FO:FRO:fo|fro
FR:FRA:fr|fra|france|french|frenchman|frenchwoman
GA:GAB:ga|gab|gabon|gabonese
GB:GBR:brit|britain|british|briton|britons|england|english|gb|gbr|great britain|northern ireland|northern irish|scot|scotland|scottish|u.k.|uk|ulster|united kingdom|wales|welsh
GD:GRD:gd|grd|grenada|grenadian|grenadians
GE:GEO:abkhaz|abkhazia|ge|geo|georgia|georgian|georgians|republic of georgia|south ossetia|south ossetian
GF:GUF:french guiana|french guianan|gf|guf|guianese
GG:GGY:gg|ggy
GH:GHA:gh|gha|ghana|ghanaian|ghanaians
GI:GIB:gi|gib|gibraltar|gibraltarian
GL:GRL:gl|greenland|greenlander|greenlandic|grl|kalaallit nunaat
GM:GMB:gambia|gambian|gambians|gm|gmb|the gambia
GN:GIN:conakry|gin|gn|guinea|guinea-conakry|guinean|guineans
GP:GLP:glp|gp
GQ:GNQ:equatoguinean|equatorial guinea|equatorial guinean|gnq|gq
GR:GRC:gr|grc|greece|greek|greeks|hellenic|hellenic republic
GS:SGS:gs|sgs
GT:GTM:gt|gtm|guatemala|guatemalan|guatemalans
GU:GUM:gu|gum
GW:GNB:bissau-guinean|bissau-guineans|gnb|guinea-bissau|gw
GY:GUY:guy|guyana|guyanese|gy
HK:HKG:hk|hkg|hong kong|hong konger|hongkonger|hongkongers
HM:HMD:hm|hmd
HN:HND:hn|hnd|honduran|hondurans|honduras
HR:HRV:croat|croatia|croatian|croatians|croats|hr|hrv
HT:HTI:haiti|haitian|haitians|ht|hti
HU:HUN:hu|hun|hungarian|hungarians|hungary
ID:IDN:aceh|acehnese|id|idn|indonesia|indonesian|indonesians|papua (indonesia)|papuan|west papua
IE:IRL:eire|ie|ireland|irish|irish republic|irishman|irishwoman|irl|republic of ireland
IL:ISR:il|isr|israel|israeli|israelis|jewish state|state of israel
IM:IMN:im|imn
IN:IND:in|ind|india|indian|indian-administered kashmir|indians|jammu and kashmir|kashmir (indian-administered)|kashmiri|kashmiris|manipur|manipuri
IO:IOT:io|iot
IQ:IRQ:iq|iraq|iraqi|iraqi kurdistan|iraqis|irq|kri|kurdistan region of iraq
IR:IRN:ir|iran|iranian|iranians|irn|islamic republic|islamic republic of iran|persia|persian
IS:ISL:iceland|icelander|icelanders|icelandic|is|isl
IT:ITA:it|ita|italian|italians|italy
JE:JEY:je|jey
JM:JAM:jam|jamaica|jamaican|jamaicans|jm
JO:JOR:hashemite kingdom of jordan|jo|jor|jordan|jordanian|jordanians|transjordan
JP:JPN:japan|japanese|jp|jpn
KE:KEN:ke|ken|kenya|kenyan|kenyans
KG:KGZ:kg|kgz|kirghizia|kyrgyz|kyrgyz republic|kyrgyzstan|kyrgyzstani
KH:KHM:cambodia|cambodian|cambodians|kampuchea|kh|khm|khmer
KI:KIR:i-kiribati|ki|kir|kiribati
KM:COM:com|comoran|comorans|comorian|comoros|km
KN:KNA:kittitian|kn|kna|nevisian|saint kitts and nevis|st. kitts and nevis
KP:PRK:democratic people''s republic of korea|dprk|kp|north korea|north korean|north koreans|prk
KR:KOR:kor|korea|korean|kr|republic of korea|rok|south korea|south korean|south koreans
KW:KWT:kuwait|kuwaiti|kuwaitis|kw|kwt
KY:CYM:cayman islands|caymanian|cym|ky
KZ:KAZ:kaz|kazakh|kazakhs|kazakhstan|kazakhstani|kz
LA:LAO:la|lao|lao pdr|lao people''s democratic republic|laos|laotian|laotians
LB:LBN:lb|lbn|lebanese|lebanon
LC:LCA:lc|lca|saint lucia|saint lucian|st. lucia|st. lucian
LI:LIE:li|lie|liechtenstein|liechtensteiner
LK:LKA:ceylon|lk|lka|sinhalese|sri lanka|sri lankan|sri lankans|tamil
LR:LBR:lbr|liberia|liberian|liberians|lr
LS:LSO:basotho|basutoland|lesotho|ls|lso|mosotho
LT:LTU:lithuania|lithuanian|lithuanians|lt|ltu
LU:LUX:lu|lux|luxembourg|luxembourger|luxembourgish
LV:LVA:latvia|latvian|latvians|lv|lva
LY:LBY:cyrenaica|fezzan|lby|libya|libyan|libyans|ly|tripolitania
MA:MAR:ma|mar|moroccan|moroccans|morocco
MC:MCO:mc|mco|monacan|monaco|monegasque
MD:MDA:md|mda|moldova|moldovan|moldovans|republic of moldova|transdniestria|transnistria
ME:MNE:me|mne|montenegrin|montenegrins|montenegro
MF:MAF:maf|mf
MG:MDG:madagascan|madagascar|malagasy|mdg|mg
MH:MHL:marshall islands|marshallese|mh|mhl
MK:MKD:former yugoslav republic of macedonia|fyrom|macedonia|macedonian|macedonians|mk|mkd|north macedonia|north macedonian
ML:MLI:azawad|mali|malian|malians|ml|mli
MM:MMR:arakan|burma|burmese|mm|mmr|myanma|myanmar|rakhine
MN:MNG:mn|mng|mongol|mongolia|mongolian|mongolians
MO:MAC:mac|macanese|macao|macau|mo
MP:MNP:mnp|mp
MQ:MTQ:mq|mtq
MR:MRT:mauritania|mauritanian|mauritanians|mr|mrt
MS:MSR:ms|msr
MT:MLT:malta|maltese|mlt|mt
MU:MUS:mauritian|mauritians|mauritius|mu|mus
MV:MDV:maldives|maldivian|maldivians|mdv|mv|the maldives
MW:MWI:malawi|malawian|malawians|mw|mwi|nyasaland
MX:MEX:mex|mexican|mexicans|mexico|mx
MY:MYS:malaya|malaysia|malaysian|malaysians|my|mys|sabah
MZ:MOZ:cabo delgado|moz|mozambican|mozambicans|mozambique|mz
NA:NAM:na|nam|namibia|namibian|namibians|south west africa
NC:NCL:kanak|kanaks|kanaky|nc|ncl|new caledonia|new caledonian
NE:NER:ne|ner|niger|nigerien|nigeriens|nigérien|republic of niger
NF:NFK:nf|nfk
NG:NGA:biafra|ng|nga|nigeria|nigerian|nigerians
NI:NIC:ni|nic|nicaragua|nicaraguan|nicaraguans
NL:NLD:dutch|dutchman|dutchwoman|holland|netherlander|netherlands|nl|nld|the netherlands
NO:NOR:no|nor|norway|norwegian|norwegians
NP:NPL:nepal|nepalese|nepali|nepalis|np|npl
NR:NRU:nauru|nauruan|nr|nru
NU:NIU:niu|nu
NZ:NZL:aotearoa|kiwi|new zealand|new zealander|new zealanders|nz|nzl
OM:OMN:om|oman|omani|omanis|omn
PA:PAN:pa|pan|panama|panamanian|panamanians
PE:PER:pe|per|peru|peruvian|peruvians
PF:PYF:pf|pyf
PG:PNG:bougainville|bougainvillean|papua new guinea|papua new guinean|papua new guineans|pg|png
PH:PHL:bangsamoro|filipina|filipinas|filipino|filipinos|mindanao|ph|philippine|philippines|phl|the philippines
PK:PAK:azad kashmir|baloch|balochistan (pakistan)|fata|khyber pakhtunkhwa|pak|pakistan|pakistan-administered kashmir|pakistani|pakistanis|pk
PL:POL:pl|pol|poland|pole|poles|polish
PM:SPM:pm|spm
PN:PCN:pcn|pn
PR:PRI:pr|pri|puerto rican|puerto ricans|puerto rico
PS:PSE:east jerusalem|gaza|gaza strip|gazan|gazans|occupied palestinian territory|occupied territories|occupied west bank|opt|palestine|palestinian|palestinian territories|palestinians|ps|pse|state of palestine|the strip|west bank|west banker
PT:PRT:portugal|portuguese|prt|pt
PW:PLW:palau|palauan|plw|pw
PY:PRY:paraguay|paraguayan|paraguayans|pry|py
QA:QAT:qa|qat|qatar|qatari|qataris
RE:REU:re|reu|reunion|réunion|réunionese
RO:ROU:ro|romania|romanian|romanians|rou
RS:SRB:rs|serb|serbia|serbia and montenegro|serbian|serbians|serbs|srb|yugoslavia
RU:RUS:chechen|chechens|chechnya|dagestan|dagestani|ingushetia|ru|rus|russia|russian|russian federation|russians|soviet union|ussr
RW:RWA:rw|rwa|rwanda|rwandan|rwandans|rwandese
SA:SAU:kingdom of saudi arabia|ksa|sa|sau|saudi|saudi arabia|saudi arabian|saudis
SB:SLB:sb|slb|solomon islander|solomon islanders|solomon islands
SC:SYC:sc|seychelles|seychellois|syc
SD:SDN:darfur|darfuri|darfuris|kordofan|sd|sdn|sudan|sudanese
SE:SWE:se|swe|swede|sweden|swedes|swedish
SG:SGP:sg|sgp|singapore|singaporean|singaporeans
SH:SHN:sh|shn
SI:SVN:si|slovene|slovenes|slovenia|slovenian|slovenians|svn
SJ:SJM:sj|sjm
SK:SVK:sk|slovak|slovak republic|slovakia|slovakian|slovaks|svk
SL:SLE:sierra leone|sierra leonean|sierra leoneans|sl|sle
SM:SMR:sammarinese|san marino|sm|smr
SN:SEN:casamance|sen|senegal|senegalese|sn
SO:SOM:jubaland|puntland|puntlander|so|som|somali|somalia|somaliland|somalilander|somalis
SR:SUR:sr|sur|surinam|suriname|surinamese
SS:SSD:south sudan|south sudanese|ss|ssd
ST:STP:santomean|sao tome and principe|st|stp|são tomé and príncipe|são toméan
SV:SLV:el salvador|salvadoran|salvadorans|salvadorean|slv|sv
SX:SXM:sx|sxm
SY:SYR:aanes|golan heights|north and east syria|rojava|sy|syr|syria|syrian|syrian arab republic|syrians
SZ:SWZ:emaswati|eswatini|swazi|swaziland|swazis|swz|sz
TC:TCA:tc|tca|turks and caicos|turks and caicos islander|turks and caicos islands
TD:TCD:chad|chadian|chadians|tcd|tchad|td
TF:ATF:atf|tf
TG:TGO:tg|tgo|togo|togolese
TH:THA:deep south (thailand)|siam|th|tha|thai|thailand|thais
TJ:TJK:gbao|gorno-badakhshan|tajik|tajikistan|tajikistani|tajiks|tj|tjk
TK:TKL:tk|tkl
TL:TLS:east timor|east timorese|timor-leste|timorese|tl|tls
TM:TKM:tkm|tm|turkmen|turkmenistan|turkmens
TN:TUN:tn|tun|tunisia|tunisian|tunisians
TO:TON:to|ton|tonga|tongan|tongans
TR:TUR:tr|tur|turk|turkey|turkish|turkiye|turks|türkiye
TT:TTO:t&t|tobagonian|trini|trinidad|trinidad and tobago|trinidadian|trinidadians|tt|tto
TV:TUV:tuv|tuvalu|tuvaluan|tv
TW:TWN:chinese taipei|republic of china|taiwan|taiwanese|tw|twn
TZ:TZA:tanzania|tanzanian|tanzanians|tz|tza|united republic of tanzania|zanzibar|zanzibari
UA:UKR:crimea|donbas|donbass|donetsk people''s republic (claimed)|luhansk people''s republic (claimed)|the ukraine|ua|ukr|ukraine|ukrainian|ukrainians
UG:UGA:ug|uga|uganda|ugandan|ugandans
UM:UMI:um|umi
US:USA:america|american|americans|the states|u.s.|u.s.a.|united states|united states of america|us|usa
UY:URY:uruguay|uruguayan|uruguayans|ury|uy
UZ:UZB:karakalpakstan|uz|uzb|uzbek|uzbekistan|uzbekistani|uzbeks
VA:VAT:holy see|the vatican|va|vat|vatican|vatican city
VC:VCT:saint vincent and the grenadines|st. vincent|vc|vct|vincentian
VE:VEN:bolivarian republic of venezuela|ve|ven|venezuela|venezuelan|venezuelans
VG:VGB:vg|vgb
VI:VIR:vi|vir
VN:VNM:north vietnam|south vietnam|viet nam|vietnam|vietnamese|vn|vnm
VU:VUT:new hebrides|ni-vanuatu|vanuatu|vanuatuan|vu|vut
WF:WLF:wf|wlf
WS:WSM:samoa|samoan|samoans|western samoa|ws|wsm
XK:XKX:kosova|kosovan|kosovar|kosovars|kosovo|republic of kosovo|xk|xkx
YE:YEM:north yemen|republic of yemen|south yemen|ye|yem|yemen|yemeni|yemenis|yemenite
YT:MYT:mahoran|mayotte|myt|yt
ZA:ZAF:rsa|south africa|south african|south africans|za|zaf
ZM:ZMB:northern rhodesia|zambia|zambian|zambians|zm|zmb
ZW:ZWE:rhodesia|southern rhodesia|zimbabwe|zimbabwean|zimbabweans|zw|zwe
', chr(10))), ':') AS field
)
WHERE len(field) = 3;
