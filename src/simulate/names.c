/* names.c -- given names and family names that are common in India; put together at random they name nobody in particular. */
#include "simulate/simulate.h"

static const char *const given[] = {
    "Aarti", "Abdul", "Abhishek", "Aditi", "Ajay", "Akash", "Alka", "Amit", "Amrita", "Anand", "Anil", "Anita", "Anjali", "Ankit", "Anuradha", "Arjun", "Aruna", "Arvind",
    "Asha", "Ashok", "Ayesha", "Balbir", "Bharat", "Bhavna", "Bina", "Chandan", "Chitra", "Deepa", "Deepak", "Devika", "Dinesh", "Divya", "Farah", "Fatima", "Gaurav",
    "Gayatri", "Geeta", "Gopal", "Gurpreet", "Harish", "Hemant", "Imran", "Indira", "Ishaan", "Jaya", "Jyoti", "Kamal", "Kamla", "Karan", "Kavita", "Kiran", "Kishore",
    "Lakshmi", "Lalita", "Madhu", "Mahesh", "Manisha", "Manoj", "Mary", "Meena", "Meera", "Mohan", "Mukesh", "Nafisa", "Nandini", "Naresh", "Neha", "Nilesh", "Nirmala",
    "Padma", "Pankaj", "Parveen", "Pooja", "Prakash", "Pramod", "Preeti", "Priya", "Rahul", "Rajesh", "Rajni", "Rakesh", "Ramesh", "Rashid", "Ravi", "Rekha", "Renu",
    "Ritu", "Rohit", "Rukmini", "Sabina", "Sandeep", "Sanjay", "Sarita", "Savitri", "Seema", "Shabnam", "Shankar", "Shanti", "Sharad", "Shivani", "Shobha", "Sita", "Sonia",
    "Sudha", "Sunil", "Sunita", "Suresh", "Sushma", "Swati", "Tara", "Tarun", "Thomas", "Uma", "Usha", "Vandana", "Varun", "Vidya", "Vijay", "Vikram", "Vimla", "Vinod",
    "Yash", "Yusuf", "Zeenat"};
static const char *const family[] = {
    "Acharya", "Ahmad", "Ansari", "Bai", "Banerjee", "Baruah", "Bhagat", "Bhat", "Bhattacharya", "Biswas", "Bora", "Chatterjee", "Chaudhary", "Chauhan", "D'Souza", "Das",
    "Dash", "Deka", "Desai", "Deshmukh", "Devi", "Dubey", "Fernandes", "Gaikwad", "Ghosh", "Gill", "Gogoi", "Gowda", "Gupta", "Hussain", "Iyer", "Jadhav", "Jain", "Jha", "Joshi",
    "Kaur", "Khan", "Kulkarni", "Kumar", "Kumari", "Kurian", "Lal", "Lepcha", "Mahato", "Malik", "Mandal", "Marak", "Meena", "Mehta", "Menon", "Minz", "Mishra", "Mohanty", "Munda",
    "Nair", "Naik", "Namboodiri", "Negi", "Oraon", "Panda", "Pandey", "Patel", "Patil", "Patnaik", "Pawar", "Pillai", "Prasad", "Qureshi", "Rajput", "Rana", "Rao", "Rathore",
    "Rawat", "Reddy", "Roy", "Saha", "Sahu", "Saikia", "Sangma", "Sarkar", "Saxena", "Sen", "Shah", "Sharma", "Shekhawat", "Sheikh", "Shetty", "Shinde", "Shukla", "Siddiqui",
    "Singh", "Sinha", "Soren", "Sethi", "Tamang", "Tandon", "Thakur", "Tiwari", "Toppo", "Tripathi", "Varghese", "Varma", "Verma", "Vyas", "Yadav"};

str simulate_name(struct arena *a, struct rng *r)
{
    const char *g = given[rng_below(r, COUNT_OF(given))];
    return str_format(a, "%s %s", g, family[rng_below(r, COUNT_OF(family))]);
}
