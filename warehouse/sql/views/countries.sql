-- A country: its codes, its English name and the words that name it or its people (seeds/lexicons/en/demonyms.csv). Words of two
-- countries are left out. A test keeps it in step with the lexicon. One text, not 250 rows: those take 20 ms to parse.
-- @iso2: ISO 3166-1 alpha-2
-- @iso3: ISO 3166-1 alpha-3
-- @name: English name; NULL: the lexicon has none
-- @words: lower-case words that name the country, its people or its codes
CREATE OR REPLACE VIEW countries AS
SELECT field[1] AS iso2, field[2] AS iso3, nullif(field[3], '') AS name, string_split(field[4], '|') AS words
FROM (
    SELECT string_split(unnest(string_split('
AD:AND:Andorra:ad|and|andorra|andorran|andorrans
AE:ARE:United Arab Emirates:abu dhabi|ae|are|dubai|emirati|emiratis|the emirates|u.a.e.|uae|united arab emirates
AF:AFG:Afghanistan:af|afg|afghan|afghani|afghanistan|afghans|islamic emirate of afghanistan|islamic republic of afghanistan
AG:ATG:Antigua and Barbuda:ag|antigua|antigua and barbuda|antiguan|antiguans|atg
AI:AIA::ai|aia
AL:ALB:Albania:al|alb|albania|albanian|albanians
AM:ARM:Armenia:am|arm|armenia|armenian|armenians
AN:ANT::an|ant
AO:AGO:Angola:ago|angola|angolan|angolans|ao|cabinda
AQ:ATA::aq|ata
AR:ARG:Argentina:ar|arg|argentina|argentine|argentinean|argentines|argentinian|argentinians
AS:ASM::as|asm
AT:AUT:Austria:at|austria|austrian|austrians|aut
AU:AUS:Australia:au|aus|aussie|australia|australian|australians
AW:ABW::abw|aw
AX:ALA::ala|ax
AZ:AZE:Azerbaijan:artsakh|az|aze|azerbaijan|azerbaijani|azerbaijanis|azeri|azeris|karabakh|nagorno-karabakh|nakhchivan
BA:BIH:Bosnia and Herzegovina:ba|bih|bosnia|bosnia and herzegovina|bosnia-herzegovina|bosniak|bosniaks|bosnian|bosnians|herzegovinian|republika srpska
BB:BRB:Barbados:bajan|barbadian|barbadians|barbados|bb|brb
BD:BGD:Bangladesh:bangladesh|bangladeshi|bangladeshis|bd|bgd|east pakistan
BE:BEL:Belgium:be|bel|belgian|belgians|belgium
BF:BFA:Burkina Faso:bf|bfa|burkina|burkina faso|burkinabe|burkinabè|burkinabé|upper volta
BG:BGR:Bulgaria:bg|bgr|bulgaria|bulgarian|bulgarians
BH:BHR:Bahrain:bahrain|bahraini|bahrainis|bh|bhr
BI:BDI:Burundi:bdi|bi|burundi|burundian|burundians
BJ:BEN:Benin:ben|benin|beninese|beninois|bj|dahomey
BL:BLM::bl|blm
BM:BMU:Bermuda:bermuda|bermudian|bm|bmu
BN:BRN:Brunei:bn|brn|brunei|brunei darussalam|bruneian|bruneians
BO:BOL:Bolivia:bo|bol|bolivia|bolivian|bolivians|plurinational state of bolivia
BQ:BES::bes|bq
BR:BRA:Brazil:br|bra|brasil|brazil|brazilian|brazilians
BS:BHS:Bahamas:bahamas|bahamian|bahamians|bhs|bs|the bahamas
BT:BTN:Bhutan:bhutan|bhutanese|bt|btn
BV:BVT::bv|bvt
BW:BWA:Botswana:batswana|botswana|botswanan|bw|bwa|motswana
BY:BLR:Belarus:belarus|belarusian|belarusians|belarussian|belorussia|blr|by|byelorussia
BZ:BLZ:Belize:belize|belizean|belizeans|blz|bz
CA:CAN:Canada:ca|can|canada|canadian|canadians
CC:CCK::cc|cck
CD:COD:Democratic Republic of the Congo:cd|cod|congo (kinshasa)|congo-kinshasa|congolese (drc)|d.r. congo|democratic republic of congo|democratic republic of the congo|dr congo|drc|eastern congo|rdc|zaire|zairean|zairian
CF:CAF:Central African Republic:caf|car|centrafrique|central african|central african republic|central africans|cf|the c.a.r.
CG:COG:Republic of the Congo:cg|cog|congo (brazzaville)|congo republic|congo-brazzaville|republic of the congo
CH:CHE:Switzerland:ch|che|swiss|switzerland
CI:CIV:Côte d''Ivoire:ci|civ|cote d''ivoire|côte d''ivoire|ivoirian|ivorian|ivorians|ivory coast
CK:COK::ck|cok
CL:CHL:Chile:chile|chilean|chileans|chl|cl
CM:CMR:Cameroon:ambazonia|cameroon|cameroonian|cameroonians|cameroun|cm|cmr|southern cameroons
CN:CHN:China:china|chinese|chn|cn|mainland china|people''s republic of china|prc|tibet|xinjiang
CO:COL:Colombia:co|col|colombia|colombian|colombians
CR:CRI:Costa Rica:costa rica|costa rican|costa ricans|cr|cri
CS:SCG::cs|scg
CU:CUB:Cuba:cu|cub|cuba|cuban|cubans
CV:CPV:Cape Verde:cabo verde|cabo verdean|cape verde|cape verdean|cape verdeans|cpv|cv
CW:CUW::cuw|cw
CX:CXR::cx|cxr
CY:CYP:Cyprus:cy|cyp|cypriot|cypriots|cyprus|greek cypriot|northern cyprus|trnc|turkish cypriot
CZ:CZE:Czechia:cz|cze|czech|czech republic|czechia|czechs
DE:DEU:Germany:de|deu|east germany|federal republic of germany|german|germans|germany|west germany
DJ:DJI:Djibouti:dj|dji|djibouti|djiboutian|djiboutians
DK:DNK:Denmark:dane|danes|danish|denmark|dk|dnk
DM:DMA:Dominica:dm|dma|dominica|dominican (dominica)
DO:DOM:Dominican Republic:do|dom|dominican|dominican republic|dominicans
DZ:DZA:Algeria:algeria|algerian|algerians|dz|dza
EC:ECU:Ecuador:ec|ecu|ecuador|ecuadorean|ecuadorian|ecuadorians
EE:EST:Estonia:ee|est|estonia|estonian|estonians
EG:EGY:Egypt:eg|egy|egypt|egyptian|egyptians|north sinai|sinai
EH:ESH:Western Sahara:eh|esh|sadr|saharawi|sahrawi|sahrawi arab democratic republic|sahrawis|spanish sahara|western sahara
ER:ERI:Eritrea:er|eri|eritrea|eritrean|eritreans
ES:ESP:Spain:es|esp|spain|spaniard|spaniards|spanish
ET:ETH:Ethiopia:amhara region|et|eth|ethiopia|ethiopian|ethiopians|oromia|tigray
FI:FIN:Finland:fi|fin|finland|finn|finnish|finns
FJ:FJI:Fiji:fiji|fijian|fijians|fj|fji
FK:FLK::fk|flk
FM:FSM:Micronesia:federated states of micronesia|fm|fsm|micronesia|micronesian
FO:FRO::fo|fro
FR:FRA:France:fr|fra|france|french|frenchman|frenchwoman
GA:GAB:Gabon:ga|gab|gabon|gabonese
GB:GBR:United Kingdom:brit|britain|british|briton|britons|england|english|gb|gbr|great britain|northern ireland|northern irish|scot|scotland|scottish|u.k.|uk|ulster|united kingdom|wales|welsh
GD:GRD:Grenada:gd|grd|grenada|grenadian|grenadians
GE:GEO:Georgia:abkhaz|abkhazia|ge|geo|georgia|georgian|georgians|republic of georgia|south ossetia|south ossetian
GF:GUF:French Guiana:french guiana|french guianan|gf|guf|guianese
GG:GGY::gg|ggy
GH:GHA:Ghana:gh|gha|ghana|ghanaian|ghanaians
GI:GIB:Gibraltar:gi|gib|gibraltar|gibraltarian
GL:GRL:Greenland:gl|greenland|greenlander|greenlandic|grl|kalaallit nunaat
GM:GMB:Gambia:gambia|gambian|gambians|gm|gmb|the gambia
GN:GIN:Guinea:conakry|gin|gn|guinea|guinea-conakry|guinean|guineans
GP:GLP::glp|gp
GQ:GNQ:Equatorial Guinea:equatoguinean|equatorial guinea|equatorial guinean|gnq|gq
GR:GRC:Greece:gr|grc|greece|greek|greeks|hellenic|hellenic republic
GS:SGS::gs|sgs
GT:GTM:Guatemala:gt|gtm|guatemala|guatemalan|guatemalans
GU:GUM::gu|gum
GW:GNB:Guinea-Bissau:bissau-guinean|bissau-guineans|gnb|guinea-bissau|gw
GY:GUY:Guyana:guy|guyana|guyanese|gy
HK:HKG:Hong Kong:hk|hkg|hong kong|hong konger|hongkonger|hongkongers
HM:HMD::hm|hmd
HN:HND:Honduras:hn|hnd|honduran|hondurans|honduras
HR:HRV:Croatia:croat|croatia|croatian|croatians|croats|hr|hrv
HT:HTI:Haiti:haiti|haitian|haitians|ht|hti
HU:HUN:Hungary:hu|hun|hungarian|hungarians|hungary
ID:IDN:Indonesia:aceh|acehnese|id|idn|indonesia|indonesian|indonesians|papua (indonesia)|papuan|west papua
IE:IRL:Ireland:eire|ie|ireland|irish|irish republic|irishman|irishwoman|irl|republic of ireland
IL:ISR:Israel:il|isr|israel|israeli|israelis|jewish state|state of israel
IM:IMN::im|imn
IN:IND:India:in|ind|india|indian|indian-administered kashmir|indians|jammu and kashmir|kashmir (indian-administered)|kashmiri|kashmiris|manipur|manipuri
IO:IOT::io|iot
IQ:IRQ:Iraq:iq|iraq|iraqi|iraqi kurdistan|iraqis|irq|kri|kurdistan region of iraq
IR:IRN:Iran:ir|iran|iranian|iranians|irn|islamic republic|islamic republic of iran|persia|persian
IS:ISL:Iceland:iceland|icelander|icelanders|icelandic|is|isl
IT:ITA:Italy:it|ita|italian|italians|italy
JE:JEY::je|jey
JM:JAM:Jamaica:jam|jamaica|jamaican|jamaicans|jm
JO:JOR:Jordan:hashemite kingdom of jordan|jo|jor|jordan|jordanian|jordanians|transjordan
JP:JPN:Japan:japan|japanese|jp|jpn
KE:KEN:Kenya:ke|ken|kenya|kenyan|kenyans
KG:KGZ:Kyrgyzstan:kg|kgz|kirghizia|kyrgyz|kyrgyz republic|kyrgyzstan|kyrgyzstani
KH:KHM:Cambodia:cambodia|cambodian|cambodians|kampuchea|kh|khm|khmer
KI:KIR:Kiribati:i-kiribati|ki|kir|kiribati
KM:COM:Comoros:com|comoran|comorans|comorian|comoros|km
KN:KNA:Saint Kitts and Nevis:kittitian|kn|kna|nevisian|saint kitts and nevis|st. kitts and nevis
KP:PRK:North Korea:democratic people''s republic of korea|dprk|kp|north korea|north korean|north koreans|prk
KR:KOR:South Korea:kor|korea|korean|kr|republic of korea|rok|south korea|south korean|south koreans
KW:KWT:Kuwait:kuwait|kuwaiti|kuwaitis|kw|kwt
KY:CYM:Cayman Islands:cayman islands|caymanian|cym|ky
KZ:KAZ:Kazakhstan:kaz|kazakh|kazakhs|kazakhstan|kazakhstani|kz
LA:LAO:Laos:la|lao|lao pdr|lao people''s democratic republic|laos|laotian|laotians
LB:LBN:Lebanon:lb|lbn|lebanese|lebanon
LC:LCA:Saint Lucia:lc|lca|saint lucia|saint lucian|st. lucia|st. lucian
LI:LIE:Liechtenstein:li|lie|liechtenstein|liechtensteiner
LK:LKA:Sri Lanka:ceylon|lk|lka|sinhalese|sri lanka|sri lankan|sri lankans|tamil
LR:LBR:Liberia:lbr|liberia|liberian|liberians|lr
LS:LSO:Lesotho:basotho|basutoland|lesotho|ls|lso|mosotho
LT:LTU:Lithuania:lithuania|lithuanian|lithuanians|lt|ltu
LU:LUX:Luxembourg:lu|lux|luxembourg|luxembourger|luxembourgish
LV:LVA:Latvia:latvia|latvian|latvians|lv|lva
LY:LBY:Libya:cyrenaica|fezzan|lby|libya|libyan|libyans|ly|tripolitania
MA:MAR:Morocco:ma|mar|moroccan|moroccans|morocco
MC:MCO:Monaco:mc|mco|monacan|monaco|monegasque
MD:MDA:Moldova:md|mda|moldova|moldovan|moldovans|republic of moldova|transdniestria|transnistria
ME:MNE:Montenegro:me|mne|montenegrin|montenegrins|montenegro
MF:MAF::maf|mf
MG:MDG:Madagascar:madagascan|madagascar|malagasy|mdg|mg
MH:MHL:Marshall Islands:marshall islands|marshallese|mh|mhl
MK:MKD:North Macedonia:former yugoslav republic of macedonia|fyrom|macedonia|macedonian|macedonians|mk|mkd|north macedonia|north macedonian
ML:MLI:Mali:azawad|mali|malian|malians|ml|mli
MM:MMR:Myanmar:arakan|burma|burmese|mm|mmr|myanma|myanmar|rakhine
MN:MNG:Mongolia:mn|mng|mongol|mongolia|mongolian|mongolians
MO:MAC:Macau:mac|macanese|macao|macau|mo
MP:MNP::mnp|mp
MQ:MTQ::mq|mtq
MR:MRT:Mauritania:mauritania|mauritanian|mauritanians|mr|mrt
MS:MSR::ms|msr
MT:MLT:Malta:malta|maltese|mlt|mt
MU:MUS:Mauritius:mauritian|mauritians|mauritius|mu|mus
MV:MDV:Maldives:maldives|maldivian|maldivians|mdv|mv|the maldives
MW:MWI:Malawi:malawi|malawian|malawians|mw|mwi|nyasaland
MX:MEX:Mexico:mex|mexican|mexicans|mexico|mx
MY:MYS:Malaysia:malaya|malaysia|malaysian|malaysians|my|mys|sabah
MZ:MOZ:Mozambique:cabo delgado|moz|mozambican|mozambicans|mozambique|mz
NA:NAM:Namibia:na|nam|namibia|namibian|namibians|south west africa
NC:NCL:New Caledonia:kanak|kanaks|kanaky|nc|ncl|new caledonia|new caledonian
NE:NER:Niger:ne|ner|niger|nigerien|nigeriens|nigérien|republic of niger
NF:NFK::nf|nfk
NG:NGA:Nigeria:biafra|ng|nga|nigeria|nigerian|nigerians
NI:NIC:Nicaragua:ni|nic|nicaragua|nicaraguan|nicaraguans
NL:NLD:Netherlands:dutch|dutchman|dutchwoman|holland|netherlander|netherlands|nl|nld|the netherlands
NO:NOR:Norway:no|nor|norway|norwegian|norwegians
NP:NPL:Nepal:nepal|nepalese|nepali|nepalis|np|npl
NR:NRU:Nauru:nauru|nauruan|nr|nru
NU:NIU::niu|nu
NZ:NZL:New Zealand:aotearoa|kiwi|new zealand|new zealander|new zealanders|nz|nzl
OM:OMN:Oman:om|oman|omani|omanis|omn
PA:PAN:Panama:pa|pan|panama|panamanian|panamanians
PE:PER:Peru:pe|per|peru|peruvian|peruvians
PF:PYF::pf|pyf
PG:PNG:Papua New Guinea:bougainville|bougainvillean|papua new guinea|papua new guinean|papua new guineans|pg|png
PH:PHL:Philippines:bangsamoro|filipina|filipinas|filipino|filipinos|mindanao|ph|philippine|philippines|phl|the philippines
PK:PAK:Pakistan:azad kashmir|baloch|balochistan (pakistan)|fata|khyber pakhtunkhwa|pak|pakistan|pakistan-administered kashmir|pakistani|pakistanis|pk
PL:POL:Poland:pl|pol|poland|pole|poles|polish
PM:SPM::pm|spm
PN:PCN::pcn|pn
PR:PRI:Puerto Rico:pr|pri|puerto rican|puerto ricans|puerto rico
PS:PSE:Palestine:east jerusalem|gaza|gaza strip|gazan|gazans|occupied palestinian territory|occupied territories|occupied west bank|opt|palestine|palestinian|palestinian territories|palestinians|ps|pse|state of palestine|the strip|west bank|west banker
PT:PRT:Portugal:portugal|portuguese|prt|pt
PW:PLW:Palau:palau|palauan|plw|pw
PY:PRY:Paraguay:paraguay|paraguayan|paraguayans|pry|py
QA:QAT:Qatar:qa|qat|qatar|qatari|qataris
RE:REU:Réunion:re|reu|reunion|réunion|réunionese
RO:ROU:Romania:ro|romania|romanian|romanians|rou
RS:SRB:Serbia:rs|serb|serbia|serbia and montenegro|serbian|serbians|serbs|srb|yugoslavia
RU:RUS:Russia:chechen|chechens|chechnya|dagestan|dagestani|ingushetia|ru|rus|russia|russian|russian federation|russians|soviet union|ussr
RW:RWA:Rwanda:rw|rwa|rwanda|rwandan|rwandans|rwandese
SA:SAU:Saudi Arabia:kingdom of saudi arabia|ksa|sa|sau|saudi|saudi arabia|saudi arabian|saudis
SB:SLB:Solomon Islands:sb|slb|solomon islander|solomon islanders|solomon islands
SC:SYC:Seychelles:sc|seychelles|seychellois|syc
SD:SDN:Sudan:darfur|darfuri|darfuris|kordofan|sd|sdn|sudan|sudanese
SE:SWE:Sweden:se|swe|swede|sweden|swedes|swedish
SG:SGP:Singapore:sg|sgp|singapore|singaporean|singaporeans
SH:SHN::sh|shn
SI:SVN:Slovenia:si|slovene|slovenes|slovenia|slovenian|slovenians|svn
SJ:SJM::sj|sjm
SK:SVK:Slovakia:sk|slovak|slovak republic|slovakia|slovakian|slovaks|svk
SL:SLE:Sierra Leone:sierra leone|sierra leonean|sierra leoneans|sl|sle
SM:SMR:San Marino:sammarinese|san marino|sm|smr
SN:SEN:Senegal:casamance|sen|senegal|senegalese|sn
SO:SOM:Somalia:jubaland|puntland|puntlander|so|som|somali|somalia|somaliland|somalilander|somalis
SR:SUR:Suriname:sr|sur|surinam|suriname|surinamese
SS:SSD:South Sudan:south sudan|south sudanese|ss|ssd
ST:STP:São Tomé and Príncipe:santomean|sao tome and principe|st|stp|são tomé and príncipe|são toméan
SV:SLV:El Salvador:el salvador|salvadoran|salvadorans|salvadorean|slv|sv
SX:SXM::sx|sxm
SY:SYR:Syria:aanes|golan heights|north and east syria|rojava|sy|syr|syria|syrian|syrian arab republic|syrians
SZ:SWZ:Eswatini:emaswati|eswatini|swazi|swaziland|swazis|swz|sz
TC:TCA:Turks and Caicos Islands:tc|tca|turks and caicos|turks and caicos islander|turks and caicos islands
TD:TCD:Chad:chad|chadian|chadians|tcd|tchad|td
TF:ATF::atf|tf
TG:TGO:Togo:tg|tgo|togo|togolese
TH:THA:Thailand:deep south (thailand)|siam|th|tha|thai|thailand|thais
TJ:TJK:Tajikistan:gbao|gorno-badakhshan|tajik|tajikistan|tajikistani|tajiks|tj|tjk
TK:TKL::tk|tkl
TL:TLS:Timor-Leste:east timor|east timorese|timor-leste|timorese|tl|tls
TM:TKM:Turkmenistan:tkm|tm|turkmen|turkmenistan|turkmens
TN:TUN:Tunisia:tn|tun|tunisia|tunisian|tunisians
TO:TON:Tonga:to|ton|tonga|tongan|tongans
TR:TUR:Turkey:tr|tur|turk|turkey|turkish|turkiye|turks|türkiye
TT:TTO:Trinidad and Tobago:t&t|tobagonian|trini|trinidad|trinidad and tobago|trinidadian|trinidadians|tt|tto
TV:TUV:Tuvalu:tuv|tuvalu|tuvaluan|tv
TW:TWN:Taiwan:chinese taipei|republic of china|taiwan|taiwanese|tw|twn
TZ:TZA:Tanzania:tanzania|tanzanian|tanzanians|tz|tza|united republic of tanzania|zanzibar|zanzibari
UA:UKR:Ukraine:crimea|donbas|donbass|donetsk people''s republic (claimed)|luhansk people''s republic (claimed)|the ukraine|ua|ukr|ukraine|ukrainian|ukrainians
UG:UGA:Uganda:ug|uga|uganda|ugandan|ugandans
UM:UMI::um|umi
US:USA:United States:america|american|americans|the states|u.s.|u.s.a.|united states|united states of america|us|usa
UY:URY:Uruguay:uruguay|uruguayan|uruguayans|ury|uy
UZ:UZB:Uzbekistan:karakalpakstan|uz|uzb|uzbek|uzbekistan|uzbekistani|uzbeks
VA:VAT:Vatican City:holy see|the vatican|va|vat|vatican|vatican city
VC:VCT:Saint Vincent and the Grenadines:saint vincent and the grenadines|st. vincent|vc|vct|vincentian
VE:VEN:Venezuela:bolivarian republic of venezuela|ve|ven|venezuela|venezuelan|venezuelans
VG:VGB::vg|vgb
VI:VIR::vi|vir
VN:VNM:Vietnam:north vietnam|south vietnam|viet nam|vietnam|vietnamese|vn|vnm
VU:VUT:Vanuatu:new hebrides|ni-vanuatu|vanuatu|vanuatuan|vu|vut
WF:WLF::wf|wlf
WS:WSM:Samoa:samoa|samoan|samoans|western samoa|ws|wsm
XK:XKX:Kosovo:kosova|kosovan|kosovar|kosovars|kosovo|republic of kosovo|xk|xkx
YE:YEM:Yemen:north yemen|republic of yemen|south yemen|ye|yem|yemen|yemeni|yemenis|yemenite
YT:MYT:Mayotte:mahoran|mayotte|myt|yt
ZA:ZAF:South Africa:rsa|south africa|south african|south africans|za|zaf
ZM:ZMB:Zambia:northern rhodesia|zambia|zambian|zambians|zm|zmb
ZW:ZWE:Zimbabwe:rhodesia|southern rhodesia|zimbabwe|zimbabwean|zimbabweans|zw|zwe
', chr(10))), ':') AS field
)
WHERE len(field) = 4
