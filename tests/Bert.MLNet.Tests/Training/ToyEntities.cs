namespace Bert.MLNet.Tests.Training;

/// <summary>Short sentences with names of people and places, of one word or two, each of several tokens.</summary>
internal static class ToyEntities
{
    private static readonly string[][] s_people = [["kim", "pax", "zoe"], ["vos", "qua"]],
        s_places = [["rho", "ulm", "ely"], ["nyx", "jib"]];
    private static readonly string[] s_others = "the a and it is was this that we they very so but with of to on for good movie".Split(' ');

    /// <summary>Sentences of words with tags of IOB2.</summary>
    public static IEnumerable<(string[] Words, string[] Tags)> Sentences(int count, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            List<string> words = [], tags = [];
            int parts = random.Next(2, 6);
            for (int part = 0; part < parts; part++)
            {
                int kind = random.Next(4);
                if (kind > 1)
                {
                    words.Add(s_others[random.Next(s_others.Length)]);
                    tags.Add("O");
                    continue;
                }
                string type = kind == 0 ? "PER" : "LOC";
                string[][] names = kind == 0 ? s_people : s_places;
                int length = random.Next(1, 3);
                for (int word = 0; word < length; word++)
                {
                    words.Add(names[word][random.Next(names[word].Length)]);
                    tags.Add((word == 0 ? "B-" : "I-") + type);
                }
                words.Add(s_others[random.Next(s_others.Length)]);
                tags.Add("O");
            }
            yield return ([.. words], [.. tags]);
        }
    }
}
