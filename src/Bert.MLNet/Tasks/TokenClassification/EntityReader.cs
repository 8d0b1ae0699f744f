namespace Bert.MLNet.Tasks;

/// <summary>Reads tags as entities by the rules of a scheme. Immutable and thread-safe.</summary>
internal sealed class EntityReader
{
    private readonly NamedEntityScheme _scheme;
    private readonly string _prefixes; // of a strict scheme: outside, begin, inside, last, single
    private readonly char _last, _single;

    public EntityReader(NamedEntityScheme scheme)
    {
        _scheme = scheme;
        (_prefixes, _last, _single) = scheme switch
        {
            NamedEntityScheme.Conll => ("", '\0', '\0'),
            NamedEntityScheme.Iob2 => ("OBI", '\0', '\0'),
            NamedEntityScheme.Iobes => ("OBIES", 'E', 'S'),
            NamedEntityScheme.Bilou => ("OBILU", 'L', 'U'),
            _ => throw new ArgumentOutOfRangeException(nameof(scheme), $"There is no {nameof(NamedEntityScheme)} {scheme}."),
        };
    }

    /// <summary>Reads one tag.</summary>
    /// <exception cref="FormatException">The tag is not part of the scheme.</exception>
    public EntityTag Parse(ReadOnlySpan<char> text)
    {
        if (_scheme != NamedEntityScheme.Conll && text is not ("" or "0") && !(EntityTag.HasPrefix(text) && _prefixes.Contains(text[0])))
            throw new FormatException(
                $"'{text}' is not a tag of the scheme {_scheme}, which has " +
                $"{string.Join(", ", _prefixes.Select(p => p == 'O' ? "O" : $"{p}-TYPE"))}. " +
                "Choose the scheme in which the tags are written.");
        return EntityTag.Parse(text);
    }

    /// <summary>Adds the entities of a row, in order.</summary>
    public void Read(IReadOnlyList<EntityTag> tags, ICollection<EntitySpan> entities)
    {
        if (_scheme == NamedEntityScheme.Conll)
            ReadConll(tags, entities);
        else
            ReadStrict(tags, entities);
    }

    private void ReadStrict(IReadOnlyList<EntityTag> tags, ICollection<EntitySpan> entities)
    {
        for (int start = 0; start < tags.Count;)
        {
            EntityTag first = tags[start];
            int end = start + 1;
            bool complete = first.Prefix == _single;
            if (first.Prefix == 'B')
            {
                while (end < tags.Count && tags[end] == first with { Prefix = 'I' })
                    end++;
                complete = _last == '\0';
                if (!complete && end < tags.Count && tags[end] == first with { Prefix = _last })
                {
                    complete = true;
                    end++;
                }
            }
            if (complete)
                entities.Add(new EntitySpan(first.Type, start, end));
            start = end;
        }
    }

    private static void ReadConll(IReadOnlyList<EntityTag> tags, ICollection<EntitySpan> entities)
    {
        EntityTag previous = EntityTag.Outside;
        int start = 0;
        for (int i = 0; i <= tags.Count; i++)
        {
            EntityTag tag = i < tags.Count ? tags[i] : EntityTag.Outside;
            if (Ends(previous, tag))
                entities.Add(new EntitySpan(previous.Type, start, i));
            if (Starts(previous, tag))
                start = i;
            previous = tag;
        }
    }

    private static bool Ends(EntityTag previous, EntityTag tag) => previous.Prefix switch
    {
        'O' => false,
        'E' or 'S' => true,
        'B' or 'I' when tag.Prefix is 'B' or 'S' or 'O' => true,
        _ => previous.Type != tag.Type,
    };

    private static bool Starts(EntityTag previous, EntityTag tag) => tag.Prefix switch
    {
        'O' => false,
        'B' or 'S' => true,
        'E' or 'I' when previous.Prefix is 'E' or 'S' or 'O' => true,
        _ => previous.Type != tag.Type,
    };
}
