/*
 * Generate: mailboxes by the hundred thousand, with names from many places.
 *
 * All pairs of a first and a last name of one place are gone through in an order that the seed
 * gives, so that no two people are alike until the names run out; after that, and where an address
 * is taken, a number is added.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/scenario.h"

/* Names as they are shown, parted by blanks; where the address is not simply their small letters,
 * it follows after "=". */
static const struct {
	const char *first, *last;
} places[] = {
	{ "Anna Lena Sabine Petra Jürgen=juergen Lukas Felix Jonas Käthe=kaethe Heike Matthias "
	  "Stefan Ulrike Birgit Dieter Wolfgang Katrin Jörg=joerg Sophie Maximilian Monika Tobias "
	  "Claudia Rainer Hannah Emil Greta Paul",
		"Berg Schneider Fischer Weber Müller=mueller Wagner Becker Hoffmann Schäfer="
		"schaefer Koch Bauer Richter Klein Wolf Schröder=schroeder Neumann Schwarz "
		"Zimmermann Braun Krüger=krueger Hofmann Hartmann Lange Schmitt Werner Krause "
		"Lehmann Köhler=koehler" },
	{ "James Emma Oliver Amelia Harry Isla George Ava Jack Mia Charlie Grace Thomas Freya "
	  "William Lily Oscar Evie Henry Poppy Arthur Ella Alfie Ruby Leo Daisy Edward Florence",
		"Smith Jones Taylor Brown Williams Wilson Johnson Davies Patterson Wright Walker "
		"Thompson Robinson Hughes Edwards Green Hall Wood Harris Clarke Jackson Turner "
		"Hill Cooper Ward Morris O'Brien=obrien Bennett" },
	{ "Camille Léa=lea Hugo Chloé=chloe Louis Manon Jules Inès=ines Gabriel Jade Raphaël="
	  "raphael Louise Adam Alice Arthur Zoé=zoe Maël=mael Élodie=elodie Théo=theo Juliette "
	  "Noé=noe Margaux Luc Aurélie=aurelie Pierre Hélène=helene Antoine Céline=celine",
		"Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon "
		"Laurent Lefebvre Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard "
		"André=andre Mercier Dupont Lambert Bonnet François=francois" },
	{ "Lucía=lucia Hugo Martina Mateo Sofía=sofia Daniel Valeria Alejandro Paula Pablo Emma "
	  "Álvaro=alvaro Daniela Adrián=adrian Carla David Alba Mario Noa Diego Julia Javier "
	  "Carmen Iván=ivan Marta Sergio Elena Óscar=oscar",
		"García=garcia González=gonzalez Rodríguez=rodriguez Fernández=fernandez López="
		"lopez Martínez=martinez Sánchez=sanchez Pérez=perez Gómez=gomez Ruiz Hernández="
		"hernandez Díaz=diaz Moreno Muñoz=munoz Álvarez=alvarez Romero Alonso Navarro "
		"Torres Ramos Gil Vázquez=vazquez Serrano Blanco Molina Castro Ortega Rubio" },
	{ "Giulia Francesco Sofia Leonardo Aurora Lorenzo Alice Mattia Ginevra Andrea Emma "
	  "Gabriele "
	  "Giorgia Riccardo Beatrice Tommaso Anna Edoardo Vittoria Giuseppe Matilde Antonio Noemi "
	  "Federico Chiara Niccolò=niccolo Elisa Davide",
		"Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno "
		"Gallo "
		"Conti Costa Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro "
		"Mariani Rinaldi Caruso Ferrara Galli Martini" },
	{ "Maja Zofia Jan Hanna Antoni Julia Franciszek Zuzanna Aleksander Wiktoria Jakub Oliwia "
	  "Mikołaj=mikolaj Alicja Szymon Laura Stanisław=stanislaw Łucja=lucja Wojciech Agnieszka "
	  "Paweł=pawel Małgorzata=malgorzata Tomasz Ewa Piotr Joanna Krzysztof Barbara",
		"Nowak Kaczmarek Stępień=stepien Wójcik=wojcik Kowalczyk Zając=zajac "
		"Walczak Pietrzak Szewczyk Woźniak=wozniak Marciniak "
		"Mazur Krawczyk Duda Wilk Pawlak Kubiak Król=krol "
		"Wieczorek Kołodziej=kolodziej Wróbel=wrobel Dudek Adamczyk Lis Sikora Baran "
		"Bąk=bak Michalak" },
	{ "Emma William Alice Liam Astrid Noah Maja Oscar Elsa Lucas Freja Elias Saga Axel Ingrid "
	  "Bjørn=bjorn Sigrid Håkon=hakon Åse=aase Søren=soren Mette Lars Kirsten Anders Linnéa="
	  "linnea Gustav Ebba Magnus",
		"Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson "
		"Gustafsson Hansen Johansen Olsen Larsen Andersen Nielsen Jensen Pedersen "
		"Christensen Sørensen=sorensen Lindberg Bergström=bergstrom Lund Dahl Haugen "
		"Øvergård=overgard Holm Nygaard" },
	{ "Haruto Yui Sota Aoi Yuto Hina Riku Sakura Hiroshi Yuki Kenji Akiko Takumi Emi Daichi "
	  "Naomi Ren Miyu Kaito Rin Satoshi Keiko Makoto Haruka Shota Ayumi Tatsuya Mei",
		"Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato "
		"Yoshida "
		"Yamada Sasaki Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Saito Yamazaki "
		"Mori "
		"Abe Ikeda Hashimoto Ishikawa Ogawa Goto" },
	{ "Aarav Ananya Vivaan Diya Aditya Isha Arjun Kavya Rohan Meera Karthik Priya Sanjay "
	  "Lakshmi "
	  "Vikram Neha Rahul Pooja Imran Fatima Harpreet Simran Deepak Anjali Suresh Nisha Manoj "
	  "Divya",
		"Sharma Patel Singh Kumar Gupta Reddy Iyer Nair Khan Das Mehta Joshi Verma Rao "
		"Chatterjee Banerjee Mukherjee Pillai Kaur Bose Kapoor Malhotra Desai Shah Menon "
		"Naidu Bhat Chopra" },
	{ "Yasmin Omar Layla Ahmed Mariam Yusuf Fatma Ali Zeynep Mehmet Elif Mustafa Noor Hassan "
	  "Salma "
	  "Karim Amina Tariq Leyla Emre Ayşe=ayse Murat Dina Samir Rania Khalid Hande Can",
		"Yılmaz=yilmaz Kaya Demir Şahin=sahin Çelik=celik Yıldız=yildiz Öztürk=oeztuerk "
		"Aydın=aydin Arslan Doğan=dogan Haddad Mansour Khoury Nasser Farouk Saleh Hamdan "
		"Rahman Aziz Hussein Ibrahim Mahmoud Abdallah Younes Bakr Sayegh Koç=koc Aslan" },
	{ "Wei Fang Jun Li Ming Xiu Hao Ying Lei Na Jie Min Tao Yan Bo Hui Feng Mei Gang Jing "
	  "Xiang Ling Peng Qing Zhen Yue Kai Lan",
		"Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma "
		"Luo "
		"Liang Song Zheng Xie Han Tang Feng Deng" },
	{ "Amara Kwame Zainab Chidi Aisha Kofi Ngozi Themba Wanjiru Juma Adaeze Sipho Fatou "
	  "Mamadou "
	  "Chiamaka Tendai Nia Bongani Abena Oluwaseun Makena Tunde Lerato Yaw Asha Emeka Zola "
	  "Nomvula",
		"Okafor Mensah Diallo Nkosi Mwangi Adeyemi Owusu Traoré=traore Dlamini Kamau "
		"Eze Boateng Ndiaye Khumalo Otieno Bello Asante Keita Moyo Njoroge Abubakar Sow "
		"Zulu Kimani Okeke Appiah Cissé=cisse Ochieng" },
	{ "Miguel Helena Arthur Beatriz Heitor Laura Bernardo Manuela João=joao Júlia=julia Tiago "
	  "Mariana Rafael Inês=ines Gustavo Luísa=luisa Vítor=vitor Camila Caio Letícia=leticia "
	  "Rui Catarina Bruno Fernanda Nuno Débora=debora Thiago Bianca",
		"Silva Santos Oliveira Souza Pereira Lima Ferreira Costa Rodrigues Almeida "
		"Nascimento Alves Carvalho Araújo=araujo Ribeiro Gomes Martins Rocha Barros "
		"Freitas "
		"Barbosa Cardoso Teixeira Moreira Correia Pinto Lopes Magalhães=magalhaes" },
};
enum { PLACES = sizeof places / sizeof places[0], NAMES = 28, PAIRS = NAMES * NAMES };

/* A name of a list: as shown, and as in an address. */
struct name {
	char shown[40], plain[40];
};

static void read_name(const char **s, struct name *n)
{
	size_t len = strcspn(*s, " "), cut = strcspn(*s, "= ");

	snprintf(n->shown, sizeof n->shown, "%.*s", (int)cut, *s);
	if (cut < len)
		snprintf(n->plain, sizeof n->plain, "%.*s", (int)(len - cut - 1), *s + cut + 1);
	else
		memcpy(n->plain, n->shown, sizeof n->plain);
	for (char *c = n->plain; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	*s += len + ((*s)[len] == ' ');
}

static struct name *read_names(void)
{
	struct name *all = need(sizeof *all * PLACES * 2 * NAMES), *at = all;

	for (int p = 0; p < PLACES; p++) {
		const char *first = places[p].first, *last = places[p].last;

		for (int i = 0; i < NAMES; i++)
			read_name(&first, at++);
		for (int i = 0; i < NAMES; i++)
			read_name(&last, at++);
	}
	return all;
}

static struct mailbox *make(struct world *w, const struct generate *g, const struct name *first,
	const struct name *last)
{
	char address[400], name[100];
	struct mailbox *m = NULL;

	for (unsigned n = 1; !m; n++) {
		if (n == 1)
			snprintf(address, sizeof address, "%s.%s@%s", first->plain, last->plain,
				g->domain);
		else
			snprintf(address, sizeof address, "%s.%s%u@%s", first->plain, last->plain,
				n, g->domain);
		m = world_add_mailbox(w, address, g->home);
	}
	snprintf(name, sizeof name, "%s %s", first->shown, last->shown);
	m->name = world_copy(w, name);
	return m;
}

void generate(struct world *w, const struct generate *g)
{
	struct name *names = read_names();
	struct dice dice = { mix(w->seed, w->n_mailboxes) };
	/* A step that shares no factor with the number of pairs visits each of them once. */
	uint32_t all = PLACES * PAIRS, step = 5003, at = (uint32_t)mix(w->seed, 0x67656e) % all;
	/* None is an entry of its own, not the absence of one. */
	struct grant grant = { .to = TO_MAILBOX,
		.who = g->grantee,
		.folder = FOLDER_CALENDAR,
		.rights = g->rights,
		.folder_rights = g->rights == 0 ? 0 : -1 };
	/* One list serves all: whoever changes a list makes a new one. */
	struct mailbox **grantees = g->on_behalf ? world_list_with(w, NULL, g->grantee) : NULL;

	at = (uint32_t)(((uint64_t)w->n_mailboxes * step + at) % all);
	for (uint32_t i = 0; i < g->count; i++, at = (at + step) % all) {
		const struct name *place = names + (size_t)(at / PAIRS) * 2 * NAMES;
		struct mailbox *m =
			make(w, g, place + at % NAMES, place + NAMES + at % PAIRS / NAMES);

		m->generated = true;
		if (g->zone)
			m->zone = g->zone;
		if (g->grantee && (int)dice_below(&dice, 100) < g->grant_percent) {
			world_grant(w, m, &grant);
			if (g->on_behalf)
				m->on_behalf = grantees;
		}
		if (g->group)
			group_add(g->group, m);
	}
	free(names);
}
