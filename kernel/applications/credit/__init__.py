"""Credit: PBOC/EMV debit and credit over contacts (JR/T 0025.4-0025.7; EMV 4.4 Books 1 to 4), 借记/贷记应用."""
